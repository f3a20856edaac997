package io.github.udsboot.memory;

/**
 * A part of a budget that some of its accounts have in common. Guarded by the budget's
 * monitor, but for what says otherwise.
 */
final class MemoryShare {

	private final long limit;

	private long used;

	/** What those still hold who were asked to go. */
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

	/** Return whether there will be room when those have gone who are asked to. */
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
