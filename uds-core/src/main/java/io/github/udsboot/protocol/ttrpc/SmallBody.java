package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * The data of a frame that is small enough to be gathered from the caller's buffers.
 */
final class SmallBody implements FrameBody {

	private final EnvelopeDecoder decoder;

	private final long streamId;

	private final ByteBuffer data;

	SmallBody(EnvelopeDecoder decoder, long streamId, int length) {
		this.decoder = decoder;
		this.streamId = streamId;
		this.data = ByteBuffer.allocate(length);
	}

	@Override
	public boolean fill(ByteBuffer in) {
		return FrameBody.move(in, this.data);
	}

	@Override
	public @Nullable ByteBuffer target() {
		return null;
	}

	@Override
	public long heldBytes() {
		return this.data.capacity();
	}

	@Override
	public Frame finish() {
		return this.decoder.decode(this.streamId, this.data, 0, this.data.limit(), null);
	}

}
