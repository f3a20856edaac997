package io.github.udsboot.connection;

import org.apache.commons.logging.Log;

import io.github.udsboot.guard.GuardedLog;

/**
 * Logs what must not end a thread.
 */
final class Failures {

	private static final Log logger = GuardedLog.of(EventLoop.class);

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
		logger.error(message, failure);
	}

}
