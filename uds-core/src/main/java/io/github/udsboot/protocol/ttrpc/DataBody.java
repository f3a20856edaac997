package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * An item of a stream that did not arrive at once. Goes into its own array, which is not
 * made before some of it has arrived, and is not copied again.
 */
final class DataBody implements FrameBody {

	/** As much is allocated on the word of a header alone. */
	private static final int HEAD_SIZE = 4 << 10;

	private final EnvelopeDecoder decoder;

	private final long streamId;

	private final int flags;

	private final int length;

	private ByteBuffer data;

	DataBody(EnvelopeDecoder decoder, long streamId, int flags, int length) {
		this.decoder = decoder;
		this.streamId = streamId;
		this.flags = flags;
		this.length = length;
		this.data = ByteBuffer.allocate(Math.min(length, HEAD_SIZE));
	}

	@Override
	public boolean fill(ByteBuffer in) {
		if (!FrameBody.move(in, this.data)) {
			return false;
		}
		if (this.data.capacity() < this.length) {
			this.data = ByteBuffer.wrap(Arrays.copyOf(this.data.array(), this.length)).position(this.data.position());
			return FrameBody.move(in, this.data);
		}
		return true;
	}

	@Override
	public @Nullable ByteBuffer target() {
		return (this.length > LargeBody.THRESHOLD && this.data.capacity() == this.length && this.data.hasRemaining())
				? this.data : null;
	}

	@Override
	public @Nullable Frame finish() {
		return this.decoder.data(this.streamId, this.flags, this.data.array());
	}

}
