package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

/**
 * UTF-8 without a replacement character: bytes are valid or refused, and so are strings.
 */
final class Utf8 {

	private static final long NOT_ASCII = 0x8080808080808080L;

	private Utf8() {
	}

	/**
	 * Return whether bytes are well-formed after table 3-7 of the Unicode standard: no
	 * overlong form, no surrogate, nothing above U+10FFFF.
	 */
	static boolean isValid(ByteBuffer in, int from, int to) {
		int at = from;
		while (at < to) {
			if (to - at >= Long.BYTES && (in.getLong(at) & NOT_ASCII) == 0) {
				at += Long.BYTES;
			}
			else if (in.get(at) >= 0) {
				at++;
			}
			else {
				int length = sequence(in, at, to);
				if (length == 0) {
					return false;
				}
				at += length;
			}
		}
		return true;
	}

	/** Return the length of the sequence of two to four bytes, 0 if it is ill-formed. */
	private static int sequence(ByteBuffer in, int at, int to) {
		int first = in.get(at) & 0xff;
		int length = (first < 0xc2) ? 0 : (first < 0xe0) ? 2 : (first < 0xf0) ? 3 : (first < 0xf5) ? 4 : 0;
		if (length == 0 || to - at < length) {
			return 0;
		}
		int second = in.get(at + 1) & 0xff;
		int least = (first == 0xe0) ? 0xa0 : (first == 0xf0) ? 0x90 : 0x80;
		int greatest = (first == 0xed) ? 0x9f : (first == 0xf4) ? 0x8f : 0xbf;
		if (second < least || second > greatest) {
			return 0;
		}
		for (int i = 2; i < length; i++) {
			if ((in.get(at + i) & 0xc0) != 0x80) {
				return 0;
			}
		}
		return length;
	}

	/** Return the number of bytes of a string. */
	static int length(String text) {
		return length(text, 0, text.length());
	}

	/**
	 * Return the number of bytes of a part of a string.
	 * @throws IllegalArgumentException if it holds half of a surrogate pair
	 */
	static int length(String text, int from, int to) {
		int length = 0;
		int at = from;
		while (at < to) {
			char c = text.charAt(at++);
			if (!Character.isSurrogate(c)) {
				length += (c < 0x80) ? 1 : (c < 0x800) ? 2 : 3;
			}
			else if (Character.isHighSurrogate(c) && at < to && Character.isLowSurrogate(text.charAt(at))) {
				length += 4;
				at++;
			}
			else {
				throw new IllegalArgumentException("Half of a surrogate pair at index " + (at - 1) + " of a string");
			}
		}
		return length;
	}

	/**
	 * Write a part of a string that {@link #length} has measured.
	 * @return the index behind the last byte
	 */
	static int write(String text, int from, int to, byte[] out, int at) {
		int next = at;
		int index = from;
		while (index < to) {
			char c = text.charAt(index++);
			if (c < 0x80) {
				out[next++] = (byte) c;
			}
			else if (c < 0x800) {
				out[next++] = (byte) (0xc0 | (c >> 6));
				out[next++] = trail(c);
			}
			else if (!Character.isSurrogate(c)) {
				out[next++] = (byte) (0xe0 | (c >> 12));
				out[next++] = trail(c >> 6);
				out[next++] = trail(c);
			}
			else {
				int codePoint = Character.toCodePoint(c, text.charAt(index++));
				out[next++] = (byte) (0xf0 | (codePoint >> 18));
				out[next++] = trail(codePoint >> 12);
				out[next++] = trail(codePoint >> 6);
				out[next++] = trail(codePoint);
			}
		}
		return next;
	}

	private static byte trail(int bits) {
		return (byte) (0x80 | (bits & 0x3f));
	}

}
