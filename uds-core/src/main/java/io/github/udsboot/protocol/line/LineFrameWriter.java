package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.UnencodableFrameException;
import io.github.udsboot.protocol.Utf8;

/**
 * Writes messages as lines, without copying unless they have a route, and refuses what a
 * reader would not read as that same line.
 */
final class LineFrameWriter implements FrameWriter {

	private final Delimiter delimiter;

	private final LineRouting routing;

	private final int maxLength;

	LineFrameWriter(Delimiter delimiter, LineRouting routing, int maxLength) {
		this.delimiter = delimiter;
		this.routing = routing;
		this.maxLength = maxLength;
	}

	/**
	 * Encode a message.
	 * @throws IllegalArgumentException if it has a route and lines have none, or the
	 * route contains an unpaired surrogate
	 */
	@Override
	public EncodedFrame encode(Frame frame) {
		MessageFrame message = (MessageFrame) frame;
		requireLength(message.payload().length);
		byte[] line = message.route().isEmpty() ? message.payload() : routed(message.route(), message.payload());
		int begin = this.delimiter.firstIn(line);
		if (begin < line.length) {
			throw new UnencodableFrameException("A delimiter begins at byte " + begin
					+ " of the line and would end it: encode the message or choose another delimiter", begin);
		}
		int validTo = Utf8.validTo(ByteBuffer.wrap(line), 0, line.length);
		if (validTo < line.length) {
			throw new UnencodableFrameException(
					"Line is no valid UTF-8 at byte " + validTo + ": encode bytes as text, for instance in Base64",
					validTo);
		}
		return new EncodedFrame(line, this.delimiter.bytes());
	}

	private byte[] routed(String route, byte[] payload) {
		if (this.routing == LineRouting.NONE) {
			throw new IllegalArgumentException(
					"Lines have no routes with the routing " + this.routing + ": cannot send to '" + route + "'");
		}
		byte[] word = Utf8.bytes(route);
		int space = route.indexOf(' ');
		if (space >= 0) {
			int offset = Utf8.length(route, 0, space);
			throw new UnencodableFrameException("Route '" + route + "' would end at its space at byte " + offset,
					offset);
		}
		if (payload.length == 0) {
			requireLength(word.length);
			return word;
		}
		long length = word.length + 1L + payload.length;
		requireLength(length);
		return ByteBuffer.allocate((int) length).put(word).put((byte) ' ').put(payload).array();
	}

	private void requireLength(long length) {
		if (length > this.maxLength) {
			throw new FrameTooLargeException(length, this.maxLength);
		}
	}

}
