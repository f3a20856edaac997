package io.github.udsboot.listener.dispatch;

import io.github.udsboot.connection.HandoverListener;

/**
 * Remembers whether a handler ran long on the event loop. Such a handler runs on the pool
 * for a period, twice as long each time it runs long again, up to ten seconds, and
 * shorter if enough calls in a row are quick there. The period begins when a call turns
 * out to run long and not when it returns, as each of many calls that have already
 * arrived would otherwise cost the loop its owner. Races between two loops only blur what
 * is a guess anyway.
 */
public final class InlineHistory implements HandoverListener {

	private static final long FIRST_NANOS = 100_000_000L;

	private static final long LONGEST_NANOS = 10_000_000_000L;

	/** Other connections of the loop notice a call that takes longer. */
	private static final long SLOW_NANOS = 1_000_000L;

	/**
	 * How many slow calls in a row count: one may be due to a processor busy with other
	 * work.
	 */
	private static final int SLOW_IN_A_ROW = 3;

	/**
	 * How many quick calls show that a long one was an exception. Few would not do: with
	 * a handler that waits in one of twenty calls, every fortieth call would cost the
	 * loop its owner.
	 */
	private static final int QUICK_IN_A_ROW = 64;

	private volatile long penaltyNanos;

	private volatile long poolUntil;

	private volatile int slowInARow;

	private volatile int quickOnPool;

	/** Return whether the handler should run on the pool now. */
	boolean prefersPool(long now) {
		return this.penaltyNanos > 0 && now - this.poolUntil < 0;
	}

	/**
	 * Return whether the handler may have a thread reserved for quick ones: it has run
	 * long at most once lately, and that may have been due to a pause.
	 */
	boolean isQuick() {
		return this.penaltyNanos <= FIRST_NANOS;
	}

	/**
	 * Learn from a call that ended before the loop was handed over. The watcher's clock
	 * is slow on purpose, so a handler that always takes nearly as long would go
	 * unnoticed forever.
	 */
	public void returned(long begun, long now) {
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

	/**
	 * Learn from a call. One that has cost its thread the loop was counted already: its
	 * period only begins anew.
	 */
	public void returned(boolean ownsLoop, long begun, long now) {
		if (ownsLoop) {
			returned(begun, now);
		}
		else {
			this.poolUntil = now + this.penaltyNanos;
		}
	}

	/**
	 * Learn from a call on the pool, where a handler that runs long only occasionally has
	 * no reason to stay. The pool has many threads, and those of the loops wait behind
	 * them for a processor.
	 */
	void returnedOnPool(long begun, long now) {
		if (now - begun >= SLOW_NANOS) {
			this.quickOnPool = 0;
			return;
		}
		int quick = this.quickOnPool + 1;
		this.quickOnPool = quick;
		if (quick >= QUICK_IN_A_ROW * Math.max(1, this.penaltyNanos / FIRST_NANOS)) {
			this.quickOnPool = 0;
			this.poolUntil = now;
		}
	}

	/** Learn from a call that costs its thread the loop. */
	@Override
	public void handedOver() {
		lasted(System.nanoTime());
	}

	void lasted(long now) {
		long penalty = Math.min(LONGEST_NANOS, Math.max(FIRST_NANOS, this.penaltyNanos * 2));
		this.quickOnPool = 0;
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
