package io.github.udsboot.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of requests that have arrived on a connection and are being handled or wait
 * for a handler. Outlives the connection, as handlers do. Thread-safe.
 */
public final class RequestMemory {

	/** The memory that the connection itself accounts for. */
	private static final long FREE_BYTES = 2 << 10;

	private final AtomicLong held = new AtomicLong();

	private final MemoryHold hold;

	/**
	 * Create a count.
	 * @param account where to reserve
	 */
	public RequestMemory(MemoryAccount account) {
		this.hold = new MemoryHold(account, FREE_BYTES, this.held::get);
	}

	/**
	 * Count memory if there is room for it.
	 * @param bytes the number of bytes
	 * @return {@code false} if there is no room; nothing has changed then
	 */
	public boolean tryAdd(long bytes) {
		if (this.hold.tryCover(this.held.addAndGet(bytes))) {
			return true;
		}
		remove(bytes);
		return false;
	}

	/**
	 * Count memory that is already held.
	 * @param bytes the number of bytes
	 */
	public void add(long bytes) {
		this.hold.cover(this.held.addAndGet(bytes));
	}

	/**
	 * Uncount memory.
	 * @param bytes as many as were added
	 */
	public void remove(long bytes) {
		this.held.addAndGet(-bytes);
		this.hold.settle();
	}

	/**
	 * Return how much is counted.
	 * @return the number of bytes
	 */
	public long held() {
		return this.held.get();
	}

}
