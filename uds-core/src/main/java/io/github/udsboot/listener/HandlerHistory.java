package io.github.udsboot.listener;

/**
 * Remembers whether a handler lasted when it ran on the event loop. One that did runs on
 * the pool for a while, twice as long each time it lasts again, up to ten seconds. Races
 * between two loops only blur what is a guess anyway.
 */
final class HandlerHistory {

	private static final long FIRST_NANOS = 100_000_000L;

	private static final long LONGEST_NANOS = 10_000_000_000L;

	/** Others on the loop notice a call that takes longer. */
	private static final long SLOW_NANOS = 1_000_000L;

	/** One slow call may be the fault of a processor that was busy with others. */
	private static final int SLOW_IN_A_ROW = 3;

	private volatile long penaltyNanos;

	private volatile long poolUntil;

	private volatile int slowInARow;

	/** Return whether the handler should run on the pool now. */
	boolean prefersPool(long now) {
		return this.penaltyNanos > 0 && now - this.poolUntil < 0;
	}

	/**
	 * Return whether the handler may have a thread that is kept for quick ones: it has
	 * lasted once lately, if at all, and that may have been the fault of a pause.
	 */
	boolean isQuick() {
		return this.penaltyNanos <= FIRST_NANOS;
	}

	/**
	 * Learn from a call that ended before the loop was handed over. The watcher's clock
	 * is slow on purpose, so a handler that always takes about as long would go unnoticed
	 * for ever.
	 */
	void returned(long begun, long now) {
		if (now - begun < SLOW_NANOS) {
			wasQuick();
			return;
		}
		int slow = this.slowInARow + 1;
		this.slowInARow = slow;
		if (slow >= SLOW_IN_A_ROW || this.penaltyNanos > 0) {
			lasted(now);
		}
	}

	/** Learn from a call, which has cost its thread the loop or not. */
	void returned(boolean ownsLoop, long begun, long now) {
		if (ownsLoop) {
			returned(begun, now);
		}
		else {
			lasted(now);
		}
	}

	/** Learn from a call that cost its thread the loop. */
	void lasted(long now) {
		long penalty = Math.min(LONGEST_NANOS, Math.max(FIRST_NANOS, this.penaltyNanos * 2));
		this.poolUntil = now + penalty;
		this.penaltyNanos = penalty;
	}

	private void wasQuick() {
		if (this.slowInARow != 0) {
			this.slowInARow = 0;
		}
		if (this.penaltyNanos > 0) {
			long penalty = this.penaltyNanos / 2;
			this.penaltyNanos = (penalty < FIRST_NANOS / 2) ? 0 : penalty;
		}
	}

}
