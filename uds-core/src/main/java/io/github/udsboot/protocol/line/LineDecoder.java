package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.Utf8;

/**
 * Decodes a line on one side. This class takes all of it as the message; subclasses
 * distinguish more. Stateless.
 */
class LineDecoder {

	/**
	 * Decode a line in place.
	 * @param in contains the line; its position and limit are ignored and stay
	 * @param from the index of the first byte
	 * @param to the index after the last byte, without the delimiter
	 */
	final Frame decode(ByteBuffer in, int from, int to) {
		int validTo = Utf8.validTo(in, from, to);
		if (validTo < to) {
			return new InvalidFrame(0, Status.INVALID_ARGUMENT, "Line is no valid UTF-8 at byte " + (validTo - from));
		}
		return decodeText(in, from, to);
	}

	/** Decode a line of valid UTF-8. */
	Frame decodeText(ByteBuffer in, int from, int to) {
		return new MessageFrame(bytes(in, from, to));
	}

	static byte[] bytes(ByteBuffer in, int from, int to) {
		byte[] bytes = new byte[to - from];
		in.get(from, bytes);
		return bytes;
	}

	static String text(ByteBuffer in, int from, int to) {
		return new String(bytes(in, from, to), StandardCharsets.UTF_8);
	}

	/** Return the index of the first space, {@code to} if there is none. */
	static int wordEnd(ByteBuffer in, int from, int to) {
		int at = from;
		while (at < to && in.get(at) != ' ') {
			at++;
		}
		return at;
	}

}
