package io.github.udsboot.connection;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what runs at once, up to a bound. Thread-safe, without a lock.
 */
public final class BoundedCount {

	private final int bound;

	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Create a count of 0.
	 * @param bound how many may be counted in
	 */
	public BoundedCount(int bound) {
		this.bound = bound;
	}

	/**
	 * Count one in, unless that is one too many.
	 * @return whether it is counted
	 */
	public boolean tryIncrement() {
		int count = this.count.get();
		while (count < this.bound) {
			if (this.count.compareAndSet(count, count + 1)) {
				return true;
			}
			count = this.count.get();
		}
		return false;
	}

	/** Count one in, even beyond the bound. */
	void increment() {
		this.count.incrementAndGet();
	}

	/**
	 * Count one out.
	 */
	public void decrement() {
		this.count.decrementAndGet();
	}

	boolean isBelowBound() {
		return this.count.get() < this.bound;
	}

	int get() {
		return this.count.get();
	}

}
