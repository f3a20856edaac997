package io.github.udsboot.protocol.line;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;

/**
 * Lines as strings, for tests to read well. A string stands for bytes of ISO 8859-1, so
 * that there is one for every sequence of bytes.
 */
final class Lines {

	private Lines() {
	}

	static byte[] bytes(String latin1) {
		return latin1.getBytes(StandardCharsets.ISO_8859_1);
	}

	static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	static String text(EncodedFrame frame) {
		return text(frame.head()) + text(frame.body());
	}

	static FrameLimits limit(int maxFrameSize) {
		return new FrameLimits(maxFrameSize, 0, 0, 10);
	}

	/** Read bytes on a new connection, all at once. */
	static List<String> read(LineProtocol protocol, Side side, FrameLimits limits, String latin1)
			throws ProtocolException {
		return read(protocol, side, limits, latin1, () -> Integer.MAX_VALUE);
	}

	/** Read bytes on a new connection, in chunks. */
	static List<String> read(LineProtocol protocol, Side side, FrameLimits limits, String latin1, IntSupplier chunks)
			throws ProtocolException {
		return texts(new ReaderDriver(protocol.newReader(side, limits)).feed(bytes(latin1), chunks));
	}

	static List<String> texts(List<Frame> frames) {
		return frames.stream().map(Lines::text).toList();
	}

	static String text(Frame frame) {
		if (frame instanceof MessageFrame message) {
			return (message.route().isEmpty() ? "" : "{" + message.route() + "}") + text(message.payload());
		}
		if (frame instanceof ResponseFrame failure) {
			return "<" + failure.streamId() + " " + failure.status() + ": " + failure.message() + ">"
					+ Arrays.toString(failure.payload()).replace("[]", "");
		}
		InvalidFrame invalid = (InvalidFrame) frame;
		return "!" + invalid.streamId() + " " + invalid.status() + ": " + invalid.message();
	}

}
