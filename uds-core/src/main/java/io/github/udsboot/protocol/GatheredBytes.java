package io.github.udsboot.protocol;

import java.nio.ByteBuffer;

/**
 * The bytes of a message that arrives in pieces without its length being known. Never
 * takes more than twice the memory of what has arrived, or a few bytes. For the readers
 * of protocols; not thread-safe.
 */
public final class GatheredBytes {

	private static final int LEAST_CAPACITY = 64;

	private final int limit;

	private ByteBuffer bytes = ByteBuffer.allocate(0);

	/**
	 * Create a gatherer, which allocates nothing yet.
	 * @param limit the maximum number of bytes
	 */
	public GatheredBytes(int limit) {
		this.limit = limit;
	}

	/**
	 * Return how many bytes there are.
	 * @return the number
	 */
	public int size() {
		return this.bytes.position();
	}

	/**
	 * Add bytes.
	 * @param in contains the bytes; its position and limit are ignored and stay
	 * @param from the index of the first byte
	 * @param length the number of bytes
	 * @throws IllegalArgumentException if that exceeds the limit: the reader must check
	 * first, as it knows what to tell the peer
	 */
	public void add(ByteBuffer in, int from, int length) {
		int size = size();
		if (length > this.limit - size) {
			throw new IllegalArgumentException(
					"Adding " + length + " bytes to " + size + " is over the limit of " + this.limit + " bytes");
		}
		if (length > this.bytes.remaining()) {
			int doubled = (int) Math.min(this.limit, 2L * this.bytes.capacity());
			int least = Math.min(this.limit, LEAST_CAPACITY);
			this.bytes = ByteBuffer.allocate(Math.max(least, Math.max(doubled, size + length))).put(this.bytes.flip());
		}
		this.bytes.put(size, in, from, length).position(size + length);
	}

	/**
	 * Return how much memory the bytes take when more are added.
	 * @return the number of bytes that are allocated, or will be allocated once those are
	 * used up
	 */
	public long heldBytes() {
		long capacity = this.bytes.capacity();
		return (capacity < this.limit) ? capacity + Math.min(this.limit, 2 * capacity) : capacity;
	}

	/**
	 * Return the bytes in place.
	 * @return a buffer with big-endian order whose indexes from 0 to {@link #size()} hold
	 * the bytes; valid until more are added
	 */
	public ByteBuffer buffer() {
		return this.bytes;
	}

}
