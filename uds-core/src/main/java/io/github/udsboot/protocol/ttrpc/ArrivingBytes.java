package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that arrive in pieces and whose number is known, but only from the peer: so the
 * array grows with what has arrived. It has the right length in the end, and if
 * everything is there at once it is never copied.
 */
final class ArrivingBytes {

	/**
	 * How many times as much is allocated as has arrived: large bodies are copied once.
	 */
	private static final int GROWTH = 8;

	/** A smaller array would cost more in reads than it saves. */
	private static final int LEAST = 2 << 10;

	private final int size;

	private ByteBuffer bytes;

	/**
	 * Create an instance that has not taken any bytes yet.
	 * @param size the total number of bytes
	 * @param arrived how many are available now
	 */
	ArrivingBytes(int size, int arrived) {
		this.size = size;
		this.bytes = ByteBuffer.allocate(grown(arrived));
	}

	private int grown(int arrived) {
		return (int) Math.min(this.size, (long) GROWTH * Math.max(arrived, LEAST));
	}

	/**
	 * Take as many bytes as are available and belong here.
	 * @return whether none are missing
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

	/** Return where the next bytes go, {@code null} if none are missing. */
	@Nullable ByteBuffer target() {
		if (isComplete()) {
			return null;
		}
		if (!this.bytes.hasRemaining()) {
			grow();
		}
		return this.bytes;
	}

	/** Return how much memory this takes, including while it grows. */
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
