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
 * When the head does not show where the payload is, all of the data is gathered, and the
 * payload is copied out of it in the end. Either way no more than the head is allocated
 * before as much has arrived.
 */
final class LargeBody implements FrameBody {

	/** From this length on it pays to read straight into the payload. */
	static final int THRESHOLD = 16 << 10;

	private static final int HEAD_SIZE = 4 << 10;

	private final EnvelopeDecoder decoder;

	private final long streamId;

	private final int length;

	private @Nullable ByteBuffer head = ByteBuffer.allocate(HEAD_SIZE);

	private @Nullable ByteBuffer payload;

	private @Nullable ByteBuffer envelope;

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
			divide(this.head.flip());
			this.head = null;
		}
		return (this.payload == null || FrameBody.move(in, this.payload))
				&& (this.envelope == null || FrameBody.move(in, this.envelope));
	}

	@Override
	public @Nullable ByteBuffer target() {
		if (this.payload != null && this.payload.hasRemaining()) {
			return this.payload;
		}
		return (this.envelope != null && this.envelope.hasRemaining()) ? this.envelope : null;
	}

	@Override
	public Frame finish() {
		ByteBuffer data = (this.envelope != null) ? this.envelope : ByteBuffer.allocate(0);
		byte[] bytes = (this.payload != null) ? this.payload.array() : null;
		return this.decoder.decode(this.streamId, data, 0, data.limit(), bytes);
	}

	private void divide(ByteBuffer head) {
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
			// decoding all of it will say what is wrong, if anything is
			size = 0;
		}
		if (size < head.limit() - start) {
			this.envelope = ByteBuffer.allocate(this.length).put(head);
			return;
		}
		this.envelope = ByteBuffer.allocate(this.length - (start + size) + before).put(0, head, 0, before);
		this.envelope.position(before);
		this.payload = ByteBuffer.allocate(size).put(head.position(start));
	}

}
