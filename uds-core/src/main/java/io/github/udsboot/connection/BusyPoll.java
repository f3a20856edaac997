package io.github.udsboot.connection;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.Nanos;

/**
 * Decides whether a thread polls for a while before it sleeps, and learns from the
 * outcome: waking a sleeping thread costs more than the whole rest of a call, but polling
 * for something that does not arrive costs a core. Also for a writer that waits for room.
 * Belongs to the holder of a connection's reading role, or of its flushing role.
 */
public final class BusyPoll {

	/** How long to poll by default. */
	public static final Duration DEFAULT_BUDGET = Duration.ofNanos(50_000);

	private static final int MAX_SKIPPED = 255;

	/** The number of calls under way above which work arrives in batches. */
	private static final int CROWD = 2;

	private final long budgetNanos;

	private int penalty;

	private int skip;

	/**
	 * Create a policy.
	 * @param budget how long to poll, zero for never, {@code null} to decide: 50 µs with
	 * two or more processors, never with one
	 */
	public BusyPoll(@Nullable Duration budget) {
		this.budgetNanos = budgetOf(budget);
	}

	static long budgetOf(@Nullable Duration budget) {
		return Nanos.of((budget != null) ? budget : defaultBudget());
	}

	private static Duration defaultBudget() {
		return (Runtime.getRuntime().availableProcessors() > 1) ? DEFAULT_BUDGET : Duration.ZERO;
	}

	/**
	 * Return whether enough goes on that work arrives in batches.
	 * @param underWay the number of calls under way, or of frames that the last read
	 * brought, whichever is larger
	 * @return whether it is more than two
	 */
	public static boolean isCrowd(int underWay) {
		return underWay > CROWD;
	}

	/**
	 * Return how long to poll before sleeping this time.
	 * @param underWay the number of calls under way, or of frames that the last read
	 * brought, whichever is larger
	 * @return the time in nanoseconds, 0 to sleep at once
	 */
	public long budgetNanos(int underWay) {
		if (this.budgetNanos == 0 || isCrowd(underWay)) {
			return 0;
		}
		if (this.skip > 0) {
			this.skip--;
			return 0;
		}
		return this.budgetNanos;
	}

	/**
	 * Learn that something arrived while polling.
	 */
	public void hit() {
		this.penalty >>= 1;
	}

	/**
	 * Learn that nothing arrived while polling.
	 */
	public void miss() {
		this.penalty = Math.min(this.penalty * 2 + 1, MAX_SKIPPED);
		this.skip = this.penalty;
	}

}
