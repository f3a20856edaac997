package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;

import io.github.udsboot.protocol.Utf8;

/**
 * The delimiter that ends a line. Immutable.
 */
final class Delimiter {

	static final Delimiter NEWLINE = new Delimiter("\n");

	private final String text;

	private final byte[] bytes;

	/**
	 * For each number of matched bytes, less one: how many of the last of them are also
	 * the beginning of the delimiter.
	 */
	private final int[] borders;

	/**
	 * Create a delimiter.
	 * @throws IllegalArgumentException if it is empty or contains an unpaired surrogate
	 */
	Delimiter(String text) {
		if (text.isEmpty()) {
			throw new IllegalArgumentException("The delimiter of lines must not be empty");
		}
		this.text = text;
		this.bytes = Utf8.bytes(text);
		this.borders = borders(this.bytes);
	}

	private static int[] borders(byte[] bytes) {
		int[] borders = new int[bytes.length];
		int border = 0;
		for (int i = 1; i < bytes.length; i++) {
			while (border > 0 && bytes[i] != bytes[border]) {
				border = borders[border - 1];
			}
			if (bytes[i] == bytes[border]) {
				border++;
			}
			borders[i] = border;
		}
		return borders;
	}

	String text() {
		return this.text;
	}

	/** Return the bytes, which must not be modified. */
	byte[] bytes() {
		return this.bytes;
	}

	int length() {
		return this.bytes.length;
	}

	byte first() {
		return this.bytes[0];
	}

	/**
	 * Return how many bytes are matched after one more, if some but not all are.
	 */
	int matchedAfter(int matched, byte next) {
		int length = matched;
		while (length > 0 && next != this.bytes[length]) {
			length = this.borders[length - 1];
		}
		return (next == this.bytes[length]) ? length + 1 : 0;
	}

	/**
	 * Return where a line ends whose delimiter has already been cut off: before a
	 * carriage return, if the delimiter is a line feed.
	 */
	int contentEnd(ByteBuffer in, int from, int to) {
		return (to > from && in.get(to - 1) == '\r' && this.text.equals("\n")) ? to - 1 : to;
	}

	/**
	 * Return where the first delimiter begins in a line that is followed by this one: if
	 * before its end, a reader would not see the intended line.
	 * @return the index, at most the length of the line
	 */
	int firstIn(byte[] line) {
		DelimiterSearch search = new DelimiterSearch(this);
		int end = search.find(ByteBuffer.wrap(line), 0, line.length);
		if (end < 0) {
			end = line.length + search.find(ByteBuffer.wrap(this.bytes), 0, this.bytes.length);
		}
		return end - this.bytes.length;
	}

}
