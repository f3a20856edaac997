package io.github.udsboot.fuzz;

import java.util.function.Supplier;

/**
 * Assertions that cost nothing while they hold, and throw the same when somebody catches
 * exceptions.
 */
public final class Require {

	private Require() {
	}

	public static void that(boolean condition, Supplier<String> otherwise) {
		if (!condition) {
			throw new AssertionError(otherwise.get());
		}
	}

}
