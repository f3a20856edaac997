package io.github.udsboot.protocol;

import java.nio.ByteBuffer;

/**
 * The bytes of a message that arrives in pieces and does not say how long it will be.
 * Never takes more than twice the memory of what has arrived, or a few bytes. For the
 * readers of protocols; not thread-safe.
 */
public final class GatheredBytes {

	private static final int LEAST_CAPACITY = 64;

	private final int limit;

	private ByteBuffer bytes = ByteBuffer.allocate(0);

	/**
	 * Create a gatherer, which allocates nothing yet.
	 * @param limit the greatest number of bytes
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
	 * @param in holds the bytes; its position and limit mean nothing and stay
	 * @param from the index of the first byte
	 * @param length the number of bytes
	 * @throws IllegalArgumentException if that were more than the limit: the reader has
	 * to look first, for it knows what to tell the peer
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
	 * Return how much memory the bytes take while more are added.
	 * @return the number of bytes that are allocated, and that will be when those are
	 * used up
	 */
	public long heldBytes() {
		long capacity = this.bytes.capacity();
		return (capacity < this.limit) ? capacity + Math.min(this.limit, 2 * capacity) : capacity;
	}

	/**
	 * Return the bytes where they lie.
	 * @return a buffer of big-endian order whose indexes from 0 to {@link #size()} hold
	 * the bytes; valid until more are added
	 */
	public ByteBuffer buffer() {
		return this.bytes;
	}

}
