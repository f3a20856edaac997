package io.github.udsboot.listener;

/**
 * Remembers whether a handler lasted when it ran on the event loop. One that did runs on
 * the pool for a while, twice as long each time it lasts again, up to ten seconds. Races
 * between two loops only blur what is a guess anyway.
 */
final class HandlerHistory {

	private static final long FIRST_NANOS = 100_000_000L;

	private static final long LONGEST_NANOS = 10_000_000_000L;

	private volatile long penaltyNanos;

	private volatile long poolUntil;

	/** Return whether the handler should run on the pool now. */
	boolean prefersPool(long now) {
		return this.penaltyNanos > 0 && now - this.poolUntil < 0;
	}

	void lasted(long now) {
		long penalty = Math.min(LONGEST_NANOS, Math.max(FIRST_NANOS, this.penaltyNanos * 2));
		this.poolUntil = now + penalty;
		this.penaltyNanos = penalty;
	}

	void wasQuick() {
		if (this.penaltyNanos > 0) {
			long penalty = this.penaltyNanos / 2;
			this.penaltyNanos = (penalty < FIRST_NANOS / 2) ? 0 : penalty;
		}
	}

}
