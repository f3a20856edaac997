package io.github.udsboot.guard;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps a peer from filling the log: lets one line through at once and then at most one a
 * second, which says how many were left out. There is one instance for each kind of line.
 * Thread-safe.
 */
public final class LogThrottle {

	private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

	private final LongSupplier clock;

	private final AtomicLong quietUntil;

	private final AtomicLong leftOut = new AtomicLong();

	/** Create a throttle on the system clock. */
	public LogThrottle() {
		this(System::nanoTime);
	}

	LogThrottle(LongSupplier clock) {
		this.clock = clock;
		this.quietUntil = new AtomicLong(clock.getAsLong());
	}

	/**
	 * Log a line, or count it. Throws nothing.
	 * @param log logs the line
	 * @param line the line, created only when it is needed
	 */
	public void log(Consumer<String> log, Supplier<String> line) {
		long now = this.clock.getAsLong();
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
			// if a failure cannot provide its message, only the line is lost
		}
	}

}
