package io.github.udsboot.connection;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.guard.FailureThrottle;
import io.github.udsboot.guard.GuardedLog;

/**
 * Logs failures that must not end a thread. Recurring ones do not fill the log.
 */
final class Failures {

	/** By its name, as all that an event loop needs logs here. */
	private static final String CATEGORY = "io.github.udsboot.connection.EventLoop";

	private static final FailureThrottle throttle = FailureThrottle.errors(GuardedLog.of(CATEGORY));

	private Failures() {
	}

	/**
	 * Load this class: once descriptors have run out, no class can be loaded, and such a
	 * failure is permanent.
	 */
	static void prepare() {
	}

	/** Log a failure. Throws nothing. */
	static void log(String message, Throwable failure) {
		throttle.log(message, failure);
	}

	/** Log a failure that a peer may cause as often as it likes. Throws nothing. */
	static void log(String message, PeerCredentials peer, Throwable failure) {
		throttle.log(message, ": " + peer, failure);
	}

}
