package io.github.udsboot.connection;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Lets a thread yield to others for a moment before it sleeps or writes, where that pays
 * off: in a crowd, the others bring what the thread would wait for, or add to what it
 * would write. Where they keep the processor for long it does not pay off, and the next
 * occasions are skipped: 1, 3, 7 … 255 of them.
 *
 * <p>
 * Shared by the threads of one connection without a lock: a lost update makes it learn a
 * little later.
 */
public final class YieldPolicy {

	/** Longer than a crowd of threads that only wait for answers keeps a processor. */
	private static final long TOO_LONG_NANOS = 1_000_000;

	private static final int MAX_SKIPPED = 255;

	private final boolean enabled;

	private final LongSupplier clock;

	private int penalty;

	private int skip;

	/**
	 * Create a policy.
	 * @param busyPoll how long readers poll, zero for never, in which case no thread
	 * yields either; {@code null} for the default of {@link BusyPoll}
	 */
	public YieldPolicy(@Nullable Duration busyPoll) {
		this(busyPoll, System::nanoTime);
	}

	YieldPolicy(@Nullable Duration busyPoll, LongSupplier clock) {
		this.clock = clock;
		this.enabled = BusyPoll.budgetOf(busyPoll) > 0;
	}

	/**
	 * Let others run, if that pays off.
	 * @return whether others may have run
	 */
	@SuppressWarnings("ThreadPriorityCheck") // a hint is all that is wanted
	public boolean tryYield() {
		if (!this.enabled) {
			return false;
		}
		int skip = this.skip;
		if (skip > 0) {
			this.skip = skip - 1;
			return false;
		}
		long begun = this.clock.getAsLong();
		Thread.yield();
		if (this.clock.getAsLong() - begun < TOO_LONG_NANOS) {
			if (this.penalty != 0) {
				this.penalty >>= 1;
			}
		}
		else {
			int penalty = Math.min(this.penalty * 2 + 1, MAX_SKIPPED);
			this.penalty = penalty;
			this.skip = penalty;
		}
		return true;
	}

	/** For tests. */
	boolean isSkipping() {
		return this.skip > 0;
	}

}
