package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that arrive in pieces and of which the number is known, but only on the word of
 * the peer: so the array grows with what has arrived. It has the right length in the end,
 * and where all is there at once it is never copied.
 */
final class ArrivingBytes {

	/**
	 * So many times as much is allocated as has arrived: large bodies are copied once.
	 */
	private static final int GROWTH = 8;

	/** Less would cost more in reads than it saves. */
	private static final int LEAST = 2 << 10;

	private final int size;

	private ByteBuffer bytes;

	/**
	 * Create bytes of which none have been taken.
	 * @param size how many there will be
	 * @param arrived how many are there to be taken
	 */
	ArrivingBytes(int size, int arrived) {
		this.size = size;
		this.bytes = ByteBuffer.allocate(grown(arrived));
	}

	private int grown(int arrived) {
		return (int) Math.min(this.size, (long) GROWTH * Math.max(arrived, LEAST));
	}

	/**
	 * Take as many bytes as there are and belong here.
	 * @return whether none is missing
	 */
	boolean fill(ByteBuffer in) {
		while (FrameBody.move(in, this.bytes) && !isComplete() && in.hasRemaining()) {
			grow();
		}
		return isComplete();
	}

	boolean isComplete() {
		return this.bytes.position() == this.size;
	}

	private void grow() {
		int taken = this.bytes.position();
		this.bytes = ByteBuffer.wrap(Arrays.copyOf(this.bytes.array(), grown(taken))).position(taken);
	}

	/** Return where the next bytes belong, {@code null} if none is missing. */
	@Nullable ByteBuffer target() {
		if (isComplete()) {
			return null;
		}
		if (!this.bytes.hasRemaining()) {
			grow();
		}
		return this.bytes;
	}

	/** Return how much memory this takes, and while it grows. */
	long heldBytes() {
		boolean grows = !isComplete() && !this.bytes.hasRemaining();
		return this.bytes.capacity() + (grows ? (long) grown(this.bytes.position()) : 0);
	}

	byte[] array() {
		return this.bytes.array();
	}

	/** Return a buffer with all bytes from index 0 to its limit. */
	ByteBuffer buffer() {
		return this.bytes;
	}

}
