package io.github.udsboot.protocol.ttrpc;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Frames and envelopes put together by hand, without the code under test.
 */
final class Raw {

	private Raw() {
	}

	static byte[] frame(int length, long streamId, int type, byte[] data) {
		return ByteBuffer.allocate(10 + data.length)
			.putInt(length)
			.putInt((int) streamId)
			.put((byte) type)
			.put((byte) 0)
			.put(data)
			.array();
	}

	static byte[] frame(long streamId, int type, byte[]... fields) {
		byte[] data = join(fields);
		return frame(data.length, streamId, type, data);
	}

	static byte[] request(long streamId, byte[]... fields) {
		return frame(streamId, 1, fields);
	}

	static byte[] response(long streamId, byte[]... fields) {
		return frame(streamId, 2, fields);
	}

	static byte[] field(int number, byte[]... value) {
		byte[] bytes = join(value);
		return join(varint(number << 3 | 2), varint(bytes.length), bytes);
	}

	static byte[] field(int number, String value) {
		return field(number, value.getBytes(StandardCharsets.UTF_8));
	}

	static byte[] number(int number, long value) {
		return join(varint(number << 3), varint(value));
	}

	static byte[] varint(long value) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		long rest = value;
		while (rest >>> 7 != 0) {
			out.write((int) (rest & 0x7f) | 0x80);
			rest >>>= 7;
		}
		out.write((int) rest);
		return out.toByteArray();
	}

	static byte[] hex(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

	static byte[] join(byte[]... parts) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			out.writeBytes(part);
		}
		return out.toByteArray();
	}

}
