package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * Data that is skipped.
 */
final class SkippedBody implements FrameBody {

	private final @Nullable Frame frame;

	private int remaining;

	SkippedBody(int length, @Nullable Frame frame) {
		this.remaining = length;
		this.frame = frame;
	}

	@Override
	public boolean fill(ByteBuffer in) {
		int length = Math.min(this.remaining, in.remaining());
		in.position(in.position() + length);
		this.remaining -= length;
		return this.remaining == 0;
	}

	@Override
	public @Nullable ByteBuffer target() {
		return null;
	}

	@Override
	public long heldBytes() {
		return 0;
	}

	@Override
	public @Nullable Frame finish() {
		return this.frame;
	}

}
