package io.github.udsboot.protocol.raw;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.MessageFrame;

/**
 * Makes one message of the bytes that have arrived, or several if one cannot hold them.
 */
final class RawFrameReader implements FrameReader {

	private final int maxLength;

	RawFrameReader(int maxLength) {
		this.maxLength = maxLength;
	}

	@Override
	public @Nullable Frame read(ByteBuffer in) {
		int length = Math.min(in.remaining(), this.maxLength);
		if (length == 0) {
			return null;
		}
		byte[] payload = new byte[length];
		in.get(payload);
		return new MessageFrame(payload);
	}

	@Override
	public @Nullable ByteBuffer target() {
		return null;
	}

	@Override
	public boolean isMidFrame() {
		return false;
	}

}
