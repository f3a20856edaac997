package io.github.udsboot.memory;

/**
 * A part of a budget that some of its accounts share. Guarded by the budget's monitor,
 * unless stated otherwise.
 */
final class MemoryShare {

	private final long limit;

	private long used;

	/** What evicted accounts still hold. */
	private long leaving;

	/** Read by any thread. */
	private volatile boolean tight;

	MemoryShare(long limit) {
		this.limit = limit;
	}

	long limit() {
		return this.limit;
	}

	long used() {
		return this.used;
	}

	boolean hasRoom(long bytes) {
		return this.used + bytes <= this.limit;
	}

	/** Return whether there will be room once all evicted accounts are gone. */
	boolean willHaveRoom(long bytes) {
		return this.used - this.leaving + bytes <= this.limit;
	}

	void add(long bytes, boolean leaving) {
		this.used += bytes;
		if (leaving) {
			this.leaving += bytes;
		}
		this.tight = this.used > this.limit - this.limit / 4;
	}

	void leave(long bytes) {
		this.leaving += bytes;
	}

	boolean isTight() {
		return this.tight;
	}

}
