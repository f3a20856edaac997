package io.github.udsboot.handler;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Says how much of a failure is to be logged, so that one that comes again and again does
 * not fill the log: its stack trace once a minute, and no more than ten lines a second. A
 * kind of failure that has not been seen is always shown as a whole. Thread-safe.
 */
final class RecentFailures {

	private static final long STACK_TRACE_NANOS = Duration.ofMinutes(1).toNanos();

	private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

	private static final int LINES_PER_WINDOW = 10;

	/** Of more, the one that was seen longest ago counts as new when it comes again. */
	private static final int MAX_KINDS = 256;

	private final LongSupplier clock;

	private final Map<String, Kind> kinds = new LinkedHashMap<>(16, 0.75f, true);

	/**
	 * Create an instance.
	 * @param clock the time in nanoseconds, as of {@link System#nanoTime()}
	 */
	RecentFailures(LongSupplier clock) {
		this.clock = clock;
	}

	/**
	 * Take note of a failure.
	 * @param name what it has in common with others of its kind
	 * @return how much is to be logged
	 */
	synchronized Showing show(String name) {
		long now = this.clock.getAsLong();
		Kind kind = this.kinds.get(name);
		if (kind == null) {
			if (this.kinds.size() >= MAX_KINDS) {
				this.kinds.remove(this.kinds.keySet().iterator().next());
			}
			kind = new Kind(now);
			this.kinds.put(name, kind);
		}
		return kind.show(now);
	}

	/**
	 * Forget a kind of failure: what was to be shown of it could not be logged.
	 * @param name what was given to {@link #show}
	 */
	synchronized void forget(String name) {
		this.kinds.remove(name);
	}

	/**
	 * How much of a failure is to be logged.
	 *
	 * @param line whether anything is
	 * @param stackTrace whether the stack trace is
	 * @param leftOut how many were left out since the last line
	 */
	record Showing(boolean line, boolean stackTrace, long leftOut) {

	}

	/** Guarded by the lock of its owner. */
	private static final class Kind {

		private long stackTraceDue;

		private long windowStart;

		private int lines;

		private long leftOut;

		Kind(long now) {
			this.stackTraceDue = now;
			this.windowStart = now;
		}

		Showing show(long now) {
			if (now - this.windowStart >= WINDOW_NANOS) {
				this.windowStart = now;
				this.lines = 0;
			}
			boolean stackTrace = now - this.stackTraceDue >= 0;
			if (!stackTrace && this.lines >= LINES_PER_WINDOW) {
				this.leftOut++;
				return new Showing(false, false, 0);
			}
			if (stackTrace) {
				this.stackTraceDue = now + STACK_TRACE_NANOS;
			}
			this.lines++;
			Showing showing = new Showing(true, stackTrace, this.leftOut);
			this.leftOut = 0;
			return showing;
		}

	}

}
