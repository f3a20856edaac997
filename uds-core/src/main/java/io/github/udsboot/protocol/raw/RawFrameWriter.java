package io.github.udsboot.protocol.raw;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;

/**
 * Writes a message as it is, without copying.
 */
final class RawFrameWriter implements FrameWriter {

	private static final byte[] EMPTY_PAYLOAD = {};

	private final int maxLength;

	RawFrameWriter(int maxLength) {
		this.maxLength = maxLength;
	}

	/**
	 * Encode a message.
	 * @throws IllegalArgumentException if it has a route, which raw bytes cannot express
	 */
	@Override
	public EncodedFrame encode(Frame frame) {
		MessageFrame message = (MessageFrame) frame;
		if (!message.route().isEmpty()) {
			throw new IllegalArgumentException(
					"The protocol 'raw' has no routes: cannot send to '" + message.route() + "'");
		}
		if (message.payload().length > this.maxLength) {
			throw new FrameTooLargeException(message.payload().length, this.maxLength);
		}
		return new EncodedFrame(message.payload(), EMPTY_PAYLOAD);
	}

}
