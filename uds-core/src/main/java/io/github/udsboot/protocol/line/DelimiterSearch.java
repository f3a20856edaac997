package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;

/**
 * Searches for a delimiter in bytes that arrive in pieces, visiting each byte once
 * (Knuth, Morris and Pratt). As long as no delimiter has begun, eight bytes are examined
 * together.
 */
final class DelimiterSearch {

	private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;

	private static final long ONES = 0x0101010101010101L;

	private final Delimiter delimiter;

	/** The first byte of the delimiter, repeated eight times. */
	private final long first;

	private int matched;

	DelimiterSearch(Delimiter delimiter) {
		this.delimiter = delimiter;
		this.first = (delimiter.first() & 0xff) * ONES;
	}

	/**
	 * Continue with the next bytes, in a buffer with big-endian order.
	 * @return the index after the delimiter, or -1 if it does not end in these bytes
	 */
	int find(ByteBuffer in, int from, int to) {
		int length = this.delimiter.length();
		int matched = this.matched;
		int at = from;
		while (at < to && matched < length) {
			if (matched == 0) {
				at = skipOthers(in, at, to);
				matched = (at < to) ? 1 : 0;
			}
			else {
				matched = this.delimiter.matchedAfter(matched, in.get(at));
			}
			at++;
		}
		this.matched = (matched < length) ? matched : 0;
		return (matched < length) ? -1 : at;
	}

	/**
	 * Return how many of the last bytes may be the beginning of a delimiter.
	 */
	int matched() {
		return this.matched;
	}

	/** Return the index of the next byte that can begin the delimiter. */
	private int skipOthers(ByteBuffer in, int from, int to) {
		int at = from;
		for (; to - at >= Long.BYTES; at += Long.BYTES) {
			long others = in.getLong(at) ^ this.first;
			// bit 7 of each byte that is zero, and no other bit
			long found = ~(((others & LOW_BITS) + LOW_BITS) | others | LOW_BITS);
			if (found != 0) {
				return at + Long.numberOfLeadingZeros(found) / Byte.SIZE;
			}
		}
		while (at < to && in.get(at) != this.delimiter.first()) {
			at++;
		}
		return at;
	}

}
