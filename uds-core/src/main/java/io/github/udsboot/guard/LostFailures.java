package io.github.udsboot.guard;

import org.apache.commons.logging.LogFactory;

/**
 * Logs exceptions from application code that no caller can receive: at WARN with the
 * stack trace, as often as {@link FailureThrottle} lets it through. Throws nothing;
 * thread-safe.
 */
public final class LostFailures {

	private static final FailureThrottle SHARED = FailureThrottle.warnings(LogFactory.getLog(LostFailures.class));

	private LostFailures() {
	}

	/**
	 * Log a failure.
	 * @param what describes what has failed
	 * @param failure the failure
	 */
	public static void log(String what, Throwable failure) {
		SHARED.log(what, failure);
	}

}
