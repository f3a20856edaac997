package io.github.udsboot.guard;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Durations that an application gives, as numbers to reckon with. A {@link Duration} may
 * be longer than a {@code long} of nanoseconds, and who writes one that long means "no
 * limit": {@link Duration#toNanos()} would throw.
 */
public final class Nanos {

	/**
	 * The longest duration, about 36 years: times on the clock of
	 * {@link System#nanoTime()} that lie so far ahead can still be compared.
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
