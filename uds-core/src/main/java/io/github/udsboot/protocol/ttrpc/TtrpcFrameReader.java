package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.ProtocolException;

/**
 * Splits the bytes of a connection into frames. A frame that is entirely in the caller's
 * buffer is decoded in place; bytes are kept only of partial frames.
 */
final class TtrpcFrameReader implements FrameReader {

	private final EnvelopeDecoder decoder;

	private final int maxLength;

	private @Nullable ByteBuffer header;

	private @Nullable FrameBody body;

	TtrpcFrameReader(EnvelopeDecoder decoder, int maxLength) {
		this.decoder = decoder;
		this.maxLength = maxLength;
	}

	@Override
	public @Nullable Frame read(ByteBuffer in) throws ProtocolException {
		Frame frame = null;
		while (frame == null) {
			FrameBody body = this.body;
			if (body != null) {
				if (!body.fill(in)) {
					return null;
				}
				this.body = null;
				frame = body.finish();
			}
			else if (this.header == null && in.remaining() >= TtrpcHeader.SIZE) {
				int at = in.position();
				in.position(at + TtrpcHeader.SIZE);
				frame = begin(in, at, in);
			}
			else {
				ByteBuffer header = gatherHeader(in);
				if (header == null) {
					return null;
				}
				frame = begin(header, 0, in);
			}
		}
		return frame;
	}

	@Override
	public @Nullable ByteBuffer target() {
		return (this.body != null) ? this.body.target() : null;
	}

	@Override
	public boolean isMidFrame() {
		return this.body != null || this.header != null;
	}

	@Override
	public long heldBytes() {
		return (this.body != null) ? this.body.heldBytes() : 0;
	}

	/**
	 * Begin a frame, which ends at once if all of its data is there.
	 * @return the frame, or {@code null} if it is unfinished or to be ignored
	 */
	private @Nullable Frame begin(ByteBuffer header, int at, ByteBuffer in) throws ProtocolException {
		requireZero(header.get(at));
		int length = (int) TtrpcHeader.length(header, at);
		long streamId = TtrpcHeader.streamId(header, at);
		if (length > this.maxLength) {
			return skip(length, tooLarge(streamId, length), in);
		}
		int flags = TtrpcHeader.flags(header, at);
		int type = TtrpcHeader.type(header, at);
		Verdict verdict = this.decoder.judge(streamId, type, flags);
		if (verdict == Verdict.DATA && length > ExtensionCodec.MAX_LENGTH && ExtensionCodec.isExtension(type)) {
			return skip(length, null, in);
		}
		if (verdict == Verdict.DATA) {
			return data(streamId, flags, length, in);
		}
		if (verdict != Verdict.DECODE) {
			return skip(length, (verdict != Verdict.IGNORE) ? verdict.refuse(streamId) : null, in);
		}
		int from = in.position();
		if (length <= in.remaining()) {
			in.position(from + length);
			return this.decoder.decode(streamId, in, from, from + length, null);
		}
		this.body = (length > LargeBody.THRESHOLD) ? new LargeBody(this.decoder, streamId, length)
				: new SmallBody(this.decoder, streamId, length);
		return null;
	}

	private @Nullable Frame data(long streamId, int flags, int length, ByteBuffer in) {
		if (length <= in.remaining()) {
			byte[] data = new byte[length];
			in.get(data);
			return this.decoder.data(streamId, flags, data);
		}
		this.body = new DataBody(this.decoder, streamId, flags, length, in.remaining());
		return null;
	}

	private @Nullable Frame skip(int length, @Nullable Frame frame, ByteBuffer in) {
		if (length <= in.remaining()) {
			in.position(in.position() + length);
			return frame;
		}
		this.body = new SkippedBody(length, frame);
		return null;
	}

	/** Gather a header that arrives in pieces; {@code null} while some are missing. */
	private @Nullable ByteBuffer gatherHeader(ByteBuffer in) throws ProtocolException {
		if (!in.hasRemaining()) {
			return null;
		}
		ByteBuffer header = this.header;
		if (header == null) {
			requireZero(in.get(in.position()));
			header = ByteBuffer.allocate(TtrpcHeader.SIZE);
		}
		boolean complete = FrameBody.move(in, header);
		this.header = complete ? null : header;
		return complete ? header : null;
	}

	private static void requireZero(byte first) throws ProtocolException {
		if (first != 0) {
			throw new ProtocolException("The first byte of a ttrpc frame must be 0 but is " + (first & 0xff));
		}
	}

	private InvalidFrame tooLarge(long streamId, int length) {
		return new InvalidFrame(streamId, Status.RESOURCE_EXHAUSTED,
				"Message of " + length + " bytes is over the limit of " + this.maxLength + " bytes");
	}

}
