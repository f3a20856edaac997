package io.github.udsboot.guard;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Durations from the application, as numbers to calculate with. A {@link Duration} may be
 * longer than a {@code long} of nanoseconds, for which {@link Duration#toNanos()} throws;
 * one that long means "no limit".
 */
public final class Nanos {

	/**
	 * The longest duration, about 36 years: times on the clock of
	 * {@link System#nanoTime()} that are this far ahead can still be compared.
	 */
	public static final long MAX = Long.MAX_VALUE >> 3;

	private Nanos() {
	}

	/**
	 * Return the length of a duration.
	 * @param duration the duration
	 * @return the nanoseconds, at most {@link #MAX} in either direction
	 */
	public static long of(Duration duration) {
		return Math.max(-MAX, Math.min(TimeUnit.NANOSECONDS.convert(duration), MAX));
	}

}
