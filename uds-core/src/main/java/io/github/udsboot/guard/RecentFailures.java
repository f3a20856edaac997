package io.github.udsboot.guard;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Decides how much of a failure is logged, so that a recurring one does not fill the log:
 * its stack trace once a minute, and no more than ten lines a second. Over all kinds
 * together, ten stack traces a second are shown; a failure that comes too late for that
 * is shown in full when it recurs. Determining the kind of a failure can take as long as
 * the call that failed, so if many look alike within a tenth of a second, the rest is
 * only counted. Thread-safe.
 */
public final class RecentFailures {

	private static final long STACK_TRACE_NANOS = Duration.ofMinutes(1).toNanos();

	private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

	private static final int LINES_PER_WINDOW = 10;

	/** Over all kinds: a peer may find a way to cause many. */
	private static final int STACK_TRACES_PER_WINDOW = 10;

	private static final long LOOKS_NANOS = Duration.ofMillis(100).toNanos();

	/** How many that look alike are examined in that time. */
	private static final int LOOKS_AT_ALIKE = 20;

	/** How many are examined in total. */
	private static final int LOOKS = 200;

	/** Beyond that, the kind seen longest ago counts as new when it recurs. */
	private static final int MAX_KINDS = 256;

	private final LongSupplier clock;

	/** Guarded by this, as are the fields below. */
	private final Map<String, Kind> kinds = new LinkedHashMap<>(16, 0.75f, true);

	private long windowStart;

	private int stackTraces;

	private long othersLeftOut;

	private final Map<Object, Integer> looks = new HashMap<>();

	private long looksStart;

	private int allLooks;

	private long notLookedAt;

	/**
	 * Create an instance.
	 * @param clock the time in nanoseconds, like {@link System#nanoTime()}
	 */
	public RecentFailures(LongSupplier clock) {
		this.clock = clock;
		this.windowStart = clock.getAsLong();
		this.looksStart = this.windowStart;
	}

	/**
	 * Return whether to determine the kind of a failure, for {@link #show}. If not, it
	 * has been counted.
	 * @param likeness what is known of the failure without further examination, as a
	 * value
	 * @return {@code false} if there are too many like it
	 */
	public synchronized boolean tryLook(Object likeness) {
		long now = this.clock.getAsLong();
		if (now - this.looksStart >= LOOKS_NANOS) {
			this.looksStart = now;
			this.looks.clear();
			this.allLooks = 0;
		}
		if (this.allLooks < LOOKS) {
			int looks = this.looks.merge(likeness, 1, Integer::sum);
			if (looks <= LOOKS_AT_ALIKE) {
				this.allLooks++;
				return true;
			}
		}
		this.notLookedAt++;
		return false;
	}

	/**
	 * Record a failure.
	 * @param name what it has in common with others of its kind
	 * @return how much is to be logged
	 */
	public synchronized Showing show(String name) {
		long now = this.clock.getAsLong();
		if (now - this.windowStart >= WINDOW_NANOS) {
			this.windowStart = now;
			this.stackTraces = 0;
		}
		Kind kind = this.kinds.get(name);
		boolean stackTrace = kind == null || kind.isStackTraceDue(now);
		if (stackTrace && this.stackTraces >= STACK_TRACES_PER_WINDOW) {
			this.othersLeftOut++;
			return Showing.NOTHING;
		}
		if (stackTrace) {
			this.stackTraces++;
		}
		if (kind == null) {
			if (this.kinds.size() >= MAX_KINDS) {
				this.kinds.remove(this.kinds.keySet().iterator().next());
			}
			kind = new Kind(now);
			this.kinds.put(name, kind);
		}
		if (!kind.show(now)) {
			return Showing.NOTHING;
		}
		Showing showing = new Showing(true, stackTrace, kind.leftOut, this.othersLeftOut, this.notLookedAt);
		kind.leftOut = 0;
		this.othersLeftOut = 0;
		this.notLookedAt = 0;
		return showing;
	}

	/**
	 * Count a failure as left out although a line for it was to be shown.
	 * @param name the name given to {@link #show}
	 * @param showing the result of that call
	 */
	public synchronized void leftOut(String name, Showing showing) {
		Kind kind = this.kinds.get(name);
		if (kind != null) {
			kind.leftOut += showing.leftOut() + 1;
		}
		this.othersLeftOut += showing.othersLeftOut();
		this.notLookedAt += showing.notLookedAt();
	}

	/**
	 * Forget a kind of failure, because it could not be logged.
	 * @param name the name given to {@link #show}
	 */
	public synchronized void forget(String name) {
		this.kinds.remove(name);
	}

	/**
	 * How much of a failure is logged.
	 *
	 * @param line whether a line is logged
	 * @param stackTrace whether the stack trace is logged
	 * @param leftOut how many of its kind were left out since the last line of it
	 * @param othersLeftOut how many of other kinds were left out since the last line
	 * @param notLookedAt how many of any kind were only counted since the last line
	 */
	public record Showing(boolean line, boolean stackTrace, long leftOut, long othersLeftOut, long notLookedAt) {

		private static final Showing NOTHING = new Showing(false, false, 0, 0, 0);

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

		boolean isStackTraceDue(long now) {
			return now - this.stackTraceDue >= 0;
		}

		/** Return whether to log a line. */
		boolean show(long now) {
			if (now - this.windowStart >= WINDOW_NANOS) {
				this.windowStart = now;
				this.lines = 0;
			}
			boolean stackTrace = isStackTraceDue(now);
			if (!stackTrace && this.lines >= LINES_PER_WINDOW) {
				this.leftOut++;
				return false;
			}
			if (stackTrace) {
				this.stackTraceDue = now + STACK_TRACE_NANOS;
			}
			this.lines++;
			return true;
		}

	}

}
