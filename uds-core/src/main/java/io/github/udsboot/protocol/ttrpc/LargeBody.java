package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * The data of a large frame. The payload is found in its first bytes, where every known
 * peer has it, and then goes into its own array and is not copied again; the rest of the
 * envelope, before and after it, is joined and decoded as if there were no payload.
 *
 * <pre>
 * |&lt;------- head: 4 KiB --------&gt;|
 * +---------------+--------------+- - - - - - - - -+----------------+
 * | other fields  |           payload              |  other fields  |
 * +---------------+--------------+- - - - - - - - -+----------------+
 *        |                       |                          |
 *        +-----------------------|--------------------------+
 *                 envelope    payload array
 * </pre>
 *
 * If the head does not show where the payload is, all of the data is gathered, and the
 * payload is copied out of it in the end. Either way both parts grow with what arrives.
 */
final class LargeBody implements FrameBody {

	/** From this length on it pays off to read directly into the payload. */
	static final int THRESHOLD = 16 << 10;

	private static final int HEAD_SIZE = 4 << 10;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final EnvelopeDecoder decoder;

	private final long streamId;

	private final int length;

	private @Nullable ByteBuffer head = ByteBuffer.allocate(HEAD_SIZE);

	private @Nullable ArrivingBytes payload;

	private @Nullable ArrivingBytes envelope;

	LargeBody(EnvelopeDecoder decoder, long streamId, int length) {
		this.decoder = decoder;
		this.streamId = streamId;
		this.length = length;
	}

	@Override
	public boolean fill(ByteBuffer in) {
		if (this.head != null) {
			if (!FrameBody.move(in, this.head)) {
				return false;
			}
			divide(this.head.flip(), in.remaining());
			this.head = null;
		}
		return (this.payload == null || this.payload.fill(in)) && (this.envelope == null || this.envelope.fill(in));
	}

	@Override
	public @Nullable ByteBuffer target() {
		ByteBuffer target = (this.payload != null) ? this.payload.target() : null;
		if (target == null && this.envelope != null) {
			target = this.envelope.target();
		}
		return target;
	}

	@Override
	public long heldBytes() {
		return ((this.head != null) ? HEAD_SIZE : 0) + ((this.payload != null) ? this.payload.heldBytes() : 0)
				+ ((this.envelope != null) ? this.envelope.heldBytes() : 0);
	}

	@Override
	public Frame finish() {
		ByteBuffer data = (this.envelope != null) ? this.envelope.buffer() : NOTHING;
		byte[] bytes = (this.payload != null) ? this.payload.array() : null;
		return this.decoder.decode(this.streamId, data, 0, data.position(), bytes);
	}

	/**
	 * Find the payload.
	 * @param head the first bytes
	 * @param behind how many more bytes have arrived after them
	 */
	private void divide(ByteBuffer head, int behind) {
		int before = 0;
		int start = 0;
		int size = 0;
		try {
			ProtobufInput in = new ProtobufInput();
			in.open(head, 0, head.limit());
			int tag = in.readTag();
			while (tag != this.decoder.payloadTag()) {
				in.skipField(tag);
				before = in.position();
				tag = in.readTag();
			}
			long announced = in.readVarint();
			start = in.position();
			size = (announced >= 0 && announced <= this.length - start) ? (int) announced : 0;
		}
		catch (EnvelopeException ex) {
			// decoding all of it will show what is wrong, if anything
			size = 0;
		}
		if (size < head.limit() - start) {
			this.envelope = new ArrivingBytes(this.length, head.limit() + behind);
			this.envelope.fill(head);
			return;
		}
		this.envelope = new ArrivingBytes(this.length - (start + size) + before, before);
		this.envelope.fill(head.duplicate().limit(before));
		head.position(start);
		this.payload = new ArrivingBytes(size, head.remaining() + behind);
		this.payload.fill(head);
	}

}
