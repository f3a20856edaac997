package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.CancelFrame;
import io.github.udsboot.protocol.ExtensionFrame;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.GoAwayFrame;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.PingFrame;

/**
 * Encodes and decodes the data of the frames that plain ttrpc does not have.
 *
 * <pre>
 * HELLO       names of extensions and clock=TIME, separated by commas, in ASCII
 * PING, PONG  8 bytes
 * CANCEL      nothing
 * GOAWAY      nothing
 * </pre>
 */
final class ExtensionCodec {

	/** More than any of these frames contains, in this version or the next. */
	static final int MAX_LENGTH = 1 << 10;

	private static final byte[] EMPTY_PAYLOAD = {};

	private ExtensionCodec() {
	}

	static boolean isExtension(int type) {
		return type >= TtrpcHeader.HELLO && type <= TtrpcHeader.GOAWAY;
	}

	static boolean comesFromClient(int type) {
		return type == TtrpcHeader.CANCEL || type == TtrpcHeader.PING || type == TtrpcHeader.PONG;
	}

	static boolean comesFromServer(int type) {
		return type == TtrpcHeader.HELLO || type == TtrpcHeader.PING || type == TtrpcHeader.PONG
				|| type == TtrpcHeader.GOAWAY;
	}

	/**
	 * Decode a frame.
	 * @return the frame, or {@code null} if the data is too short; longer data is
	 * accepted, as a later version may add to it
	 */
	static @Nullable Frame decode(int type, long streamId, byte[] data) {
		return switch (type) {
			case TtrpcHeader.HELLO -> hello(streamId, new String(data, StandardCharsets.US_ASCII));
			case TtrpcHeader.CANCEL -> new CancelFrame(streamId);
			case TtrpcHeader.PING, TtrpcHeader.PONG -> (data.length >= Long.BYTES)
					? new PingFrame(streamId, ByteBuffer.wrap(data).getLong(), type == TtrpcHeader.PONG) : null;
			case TtrpcHeader.GOAWAY -> new GoAwayFrame(streamId);
			default -> null;
		};
	}

	private static HelloFrame hello(long streamId, String text) {
		return new HelloFrame(streamId, Extensions.parse(text), Extensions.clockIn(text));
	}

	static int typeOf(ExtensionFrame frame) {
		if (frame instanceof HelloFrame) {
			return TtrpcHeader.HELLO;
		}
		if (frame instanceof CancelFrame) {
			return TtrpcHeader.CANCEL;
		}
		if (frame instanceof PingFrame ping) {
			return ping.answer() ? TtrpcHeader.PONG : TtrpcHeader.PING;
		}
		return TtrpcHeader.GOAWAY;
	}

	static byte[] encode(ExtensionFrame frame) {
		if (frame instanceof HelloFrame hello) {
			return Extensions.format(hello).getBytes(StandardCharsets.US_ASCII);
		}
		if (frame instanceof PingFrame ping) {
			return ByteBuffer.allocate(Long.BYTES).putLong(ping.data()).array();
		}
		return EMPTY_PAYLOAD;
	}

}
