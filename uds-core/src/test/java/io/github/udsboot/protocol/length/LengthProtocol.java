package io.github.udsboot.protocol.length;

import java.nio.ByteBuffer;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.MessageProtocol;

/**
 * The example of {@code docs/protocol.md}.
 */
public final class LengthProtocol implements MessageProtocol {

	@Override
	public String name() {
		return "length";
	}

	@Override
	public FrameReader newReader(Side side, FrameLimits limits) {
		return new LengthReader(limits.maxFrameSize());
	}

	@Override
	public FrameWriter newWriter(FrameLimits limits) {
		int limit = Math.min(limits.maxFrameSize(), 0xffff);
		return (frame) -> {
			byte[] payload = ((MessageFrame) frame).payload();
			if (payload.length > limit) {
				throw new FrameTooLargeException(payload.length, limit);
			}
			return new EncodedFrame(ByteBuffer.allocate(2).putShort((short) payload.length).array(), payload);
		};
	}

}
