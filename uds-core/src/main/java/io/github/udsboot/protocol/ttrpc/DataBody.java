package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * An item of a stream that did not arrive at once. Goes into its own array, which grows
 * with what arrives.
 */
final class DataBody implements FrameBody {

	private final EnvelopeDecoder decoder;

	private final long streamId;

	private final int flags;

	private final int length;

	private final ArrivingBytes data;

	/**
	 * Create a body.
	 * @param arrived how many of its bytes are available
	 */
	DataBody(EnvelopeDecoder decoder, long streamId, int flags, int length, int arrived) {
		this.decoder = decoder;
		this.streamId = streamId;
		this.flags = flags;
		this.length = length;
		this.data = new ArrivingBytes(length, arrived);
	}

	@Override
	public boolean fill(ByteBuffer in) {
		return this.data.fill(in);
	}

	@Override
	public @Nullable ByteBuffer target() {
		return (this.length > LargeBody.THRESHOLD) ? this.data.target() : null;
	}

	@Override
	public long heldBytes() {
		return this.data.heldBytes();
	}

	@Override
	public @Nullable Frame finish() {
		return this.decoder.data(this.streamId, this.flags, this.data.array());
	}

}
