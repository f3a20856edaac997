package io.github.udsboot.reliability;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for conditions, and for time to pass that is measured.
 */
final class Waiting {

	private Waiting() {
	}

	/** Wait for a condition, and return whether it has come true. */
	static boolean until(Duration patience, BooleanSupplier condition) {
		long end = System.nanoTime() + patience.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - end > 0) {
				return false;
			}
			LockSupport.parkNanos(2_000_000);
		}
		return true;
	}

	/** Let the load go on for a while, or until something is over. */
	static void during(Duration time, BooleanSupplier over) {
		until(time, over);
	}

	static void during(Duration time) {
		until(time, () -> false);
	}

}
