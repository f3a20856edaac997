package io.github.udsboot.guard;

import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

/**
 * Keeps failures that peers can cause repeatedly from filling the log: the first of a
 * kind is logged at once with its stack trace, then one a minute, which says how many
 * were left out; no more than ten kinds a second. Failures are of one kind if the same
 * thing has failed and they, causes included, have the same classes. With DEBUG enabled
 * for the logger, every failure is logged. Throws nothing; thread-safe.
 */
public final class FailureThrottle {

	private static final int MAX_CAUSES = 16;

	private final Log logger;

	private final BiConsumer<Object, Throwable> level;

	private final RecentFailures recent;

	FailureThrottle(Log logger, BiConsumer<Object, Throwable> level, LongSupplier clock) {
		this.logger = logger;
		this.level = level;
		this.recent = new RecentFailures(clock);
	}

	/**
	 * Create a throttle of failures that are logged at ERROR.
	 * @param logger the logger to use
	 * @return the throttle
	 */
	public static FailureThrottle errors(Log logger) {
		return new FailureThrottle(logger, logger::error, System::nanoTime);
	}

	/**
	 * Create a throttle of failures that are logged at WARN.
	 * @param logger the logger to use
	 * @return the throttle
	 */
	public static FailureThrottle warnings(Log logger) {
		return new FailureThrottle(logger, logger::warn, System::nanoTime);
	}

	/**
	 * Log a failure, or count it.
	 * @param what describes what has failed
	 * @param failure the failure
	 */
	public void log(String what, Throwable failure) {
		log(what, "", failure);
	}

	/**
	 * Log a failure, or count it.
	 * @param what describes what has failed
	 * @param detail further details, such as the peer, which do not count for the kind of
	 * failure
	 * @param failure the failure
	 */
	public void log(String what, Object detail, Throwable failure) {
		String kind = null;
		try {
			kind = kind(what, failure);
			RecentFailures.Showing showing = this.recent.show(kind);
			if (showing.stackTrace() || this.logger.isDebugEnabled()) {
				this.level.accept(what + detail + more(showing), failure);
			}
			else if (showing.line()) {
				this.recent.leftOut(kind, showing);
			}
		}
		catch (Throwable ex) {
			// The remaining work matters more than the line, and the next failure may get
			// it
			forget(kind);
		}
	}

	private void forget(@Nullable String kind) {
		try {
			if (kind != null) {
				this.recent.forget(kind);
			}
		}
		catch (Throwable ex) {
			// then it counts as logged
		}
	}

	private static String kind(String what, Throwable failure) {
		StringBuilder kind = new StringBuilder(what);
		Throwable cause = failure;
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			kind.append('\n').append(cause.getClass().getName());
			cause = cause.getCause();
		}
		return kind.toString();
	}

	private static String more(RecentFailures.Showing showing) {
		String more = (showing.leftOut() > 0) ? " (" + showing.leftOut() + " more like it were left out)" : "";
		return (showing.othersLeftOut() > 0)
				? more + " (" + showing.othersLeftOut() + " more of other kinds were left out)" : more;
	}

}
