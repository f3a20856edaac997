package io.github.udsboot.listener;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps a peer from filling the log: lets one line through at once and then at most one a
 * second, which says how many were left out. One for each kind of line. Thread-safe.
 */
final class LogThrottle {

	private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

	private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

	private final AtomicLong leftOut = new AtomicLong();

	/**
	 * Log a line, or count it. Throws nothing.
	 * @param log what logs it
	 * @param line the line, made only when it is needed
	 */
	void log(Consumer<String> log, Supplier<String> line) {
		long now = System.nanoTime();
		long until = this.quietUntil.get();
		if (now - until < 0 || !this.quietUntil.compareAndSet(until, now + INTERVAL_NANOS)) {
			this.leftOut.incrementAndGet();
			return;
		}
		long count = this.leftOut.getAndSet(0);
		try {
			log.accept((count > 0) ? line.get() + " (and " + count + " more before)" : line.get());
		}
		catch (Throwable ex) {
			// a failure that cannot tell its message costs the line only
		}
	}

}
