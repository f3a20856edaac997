package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

/**
 * The ten bytes before the data of every frame. Big-endian, unsigned.
 *
 * <pre>
 *  0      1      2      3      4      5      6      7      8      9      10
 * +------+------+------+------+------+------+------+------+------+------+------- - -
 * |        data length        |         stream id         | type | flags|  data
 * +------+------+------+------+------+------+------+------+------+------+------- - -
 *    0    the ceiling of 16 MiB - 1 keeps the first byte at zero
 * </pre>
 *
 * No object of this type exists: a header is read in place, as there would be one for
 * each frame.
 */
final class TtrpcHeader {

	static final int SIZE = 10;

	static final int REQUEST = 1;

	static final int RESPONSE = 2;

	static final int DATA = 3;

	/**
	 * For an extension, like the types below: far from the types that ttrpc may come to
	 * use.
	 */
	static final int HELLO = 0x80;

	static final int CANCEL = 0x81;

	static final int PING = 0x82;

	static final int PONG = 0x83;

	static final int GOAWAY = 0x84;

	/** For a request or data: its sender sends no more on this stream. */
	static final int REMOTE_CLOSED = 1;

	/** For a request: its sender sends data on this stream. */
	static final int REMOTE_OPEN = 2;

	/** For data or a request: there is none, not even an empty item. */
	static final int NO_DATA = 4;

	/** For a request, and an extension: its timeout is a point on the host's clock. */
	static final int ON_HOST_CLOCK = 0x20;

	/** For a unary request, and an extension: its sender does not wait for the answer. */
	static final int ONE_WAY = 0x40;

	/**
	 * For a request, and an extension: entries that peers use in its metadata are the
	 * sender's own.
	 */
	static final int BETWEEN_PEERS = 0x80;

	private TtrpcHeader() {
	}

	static long length(ByteBuffer in, int at) {
		return Integer.toUnsignedLong(in.getInt(at));
	}

	static long streamId(ByteBuffer in, int at) {
		return Integer.toUnsignedLong(in.getInt(at + 4));
	}

	static int type(ByteBuffer in, int at) {
		return in.get(at + 8) & 0xff;
	}

	static int flags(ByteBuffer in, int at) {
		return in.get(at + 9) & 0xff;
	}

	static void write(byte[] out, int length, long streamId, int type, int flags) {
		ByteBuffer.wrap(out).putInt(length).putInt((int) streamId).put((byte) type).put((byte) flags);
	}

}
