package io.github.udsboot.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * UTF-8 without a replacement character: bytes are valid or refused, and so are strings.
 */
public final class Utf8 {

	private static final long NOT_ASCII = 0x8080808080808080L;

	private Utf8() {
	}

	/**
	 * Return whether bytes are well-formed according to table 3-7 of the Unicode
	 * standard: no overlong form, no surrogate, nothing above U+10FFFF.
	 * @param in contains the bytes; its position and limit are ignored and stay
	 * @param from the index of the first byte
	 * @param to the index after the last byte
	 * @return whether they are
	 */
	public static boolean isValid(ByteBuffer in, int from, int to) {
		return validTo(in, from, to) == to;
	}

	/**
	 * Return up to where bytes are well-formed.
	 * @param in contains the bytes; its position and limit are ignored and stay
	 * @param from the index of the first byte
	 * @param to the index after the last byte
	 * @return the index of the first byte of the first sequence that is ill-formed or
	 * truncated, {@code to} if there is none
	 */
	public static int validTo(ByteBuffer in, int from, int to) {
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
					return at;
				}
				at += length;
			}
		}
		return to;
	}

	/** Return the length of a sequence of two to four bytes, 0 if it is ill-formed. */
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

	/**
	 * Return the number of bytes of a string.
	 * @param text the string
	 * @return the number of bytes in UTF-8
	 * @throws IllegalArgumentException if it contains an unpaired surrogate
	 */
	public static int length(String text) {
		return length(text, 0, text.length());
	}

	/**
	 * Return the number of bytes of part of a string.
	 * @param text the string
	 * @param from the index of the first character
	 * @param to the index after the last character
	 * @return the number of bytes in UTF-8
	 * @throws IllegalArgumentException if it contains an unpaired surrogate
	 */
	public static int length(String text, int from, int to) {
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
	 * Write part of a string that {@link #length(String, int, int)} has measured.
	 * @param text the string
	 * @param from the index of the first character
	 * @param to the index after the last character
	 * @param out where to write
	 * @param at the index of the first byte
	 * @return the index after the last byte
	 */
	public static int write(String text, int from, int to, byte[] out, int at) {
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

	/**
	 * Return a string as bytes.
	 * @param text the string
	 * @return its bytes
	 * @throws IllegalArgumentException if it contains an unpaired surrogate
	 */
	public static byte[] bytes(String text) {
		byte[] bytes = new byte[length(text)];
		write(text, 0, text.length(), bytes, 0);
		return bytes;
	}

	/**
	 * Return a text for humans as bytes, truncated between two characters if it is long.
	 * An unpaired surrogate becomes a question mark.
	 * @param text the text
	 * @param limit the maximum number of bytes
	 * @return its bytes, as many as fit
	 */
	public static byte[] truncated(String text, int limit) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		if (bytes.length <= limit) {
			return bytes;
		}
		int end = limit;
		while ((bytes[end] & 0xc0) == 0x80) {
			end--;
		}
		return Arrays.copyOf(bytes, end);
	}

	private static byte trail(int bits) {
		return (byte) (0x80 | (bits & 0x3f));
	}

}
