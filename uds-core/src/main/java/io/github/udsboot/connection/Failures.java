package io.github.udsboot.connection;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.guard.FailureThrottle;
import io.github.udsboot.guard.GuardedLog;

/**
 * Logs what must not end a thread. What is caused again and again does not fill the log.
 */
final class Failures {

	private static final FailureThrottle throttle = FailureThrottle.errors(GuardedLog.of(EventLoop.class));

	private Failures() {
	}

	/**
	 * Have this class at hand: when descriptors have run out, none can be loaded any
	 * more, and the failure to do so stays.
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
