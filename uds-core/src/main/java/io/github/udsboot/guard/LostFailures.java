package io.github.udsboot.guard;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs what code of the application throws where there is nothing left to be told of it:
 * at WARN with the stack trace, no more than ten times a minute, and the next line counts
 * those that were left out. With DEBUG every one is logged. Throws nothing; thread-safe.
 */
public final class LostFailures {

	private static final LostFailures SHARED = new LostFailures(LogFactory.getLog(LostFailures.class),
			System::nanoTime);

	private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

	private static final int LINES_PER_WINDOW = 10;

	private final Log logger;

	private final LongSupplier clock;

	private final Object lock = new Object();

	/** Guarded by the lock, as are the fields below. */
	private long windowStart;

	private int lines;

	private long leftOut;

	LostFailures(Log logger, LongSupplier clock) {
		this.logger = logger;
		this.clock = clock;
		this.windowStart = clock.getAsLong();
	}

	/**
	 * Log a failure.
	 * @param what says what has failed, and what of it
	 * @param failure how
	 */
	public static void log(String what, Throwable failure) {
		SHARED.add(what, failure);
	}

	void add(String what, Throwable failure) {
		try {
			long left;
			synchronized (this.lock) {
				long now = this.clock.getAsLong();
				if (now - this.windowStart >= WINDOW_NANOS) {
					this.windowStart = now;
					this.lines = 0;
				}
				if (this.lines >= LINES_PER_WINDOW && !this.logger.isDebugEnabled()) {
					this.leftOut++;
					return;
				}
				this.lines++;
				left = this.leftOut;
				this.leftOut = 0;
			}
			this.logger.warn((left > 0) ? what + " (" + left + " more failures were left out)" : what, failure);
		}
		catch (Throwable ex) {
			// what is left to be done matters more than the line
		}
	}

}
