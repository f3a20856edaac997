package io.github.udsboot.guard;

import org.apache.commons.logging.LogFactory;

/**
 * Logs what code of the application throws where there is nothing left to be told of it:
 * at WARN with the stack trace, as often as {@link FailureThrottle} lets it through.
 * Throws nothing; thread-safe.
 */
public final class LostFailures {

	private static final FailureThrottle SHARED = FailureThrottle.warnings(LogFactory.getLog(LostFailures.class));

	private LostFailures() {
	}

	/**
	 * Log a failure.
	 * @param what says what has failed, and what of it
	 * @param failure how
	 */
	public static void log(String what, Throwable failure) {
		SHARED.log(what, failure);
	}

}
