package io.github.udsboot.connection;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs what must not end a thread.
 */
final class Failures {

	private static final Log logger = LogFactory.getLog(EventLoop.class);

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
		try {
			logger.error(message, failure);
		}
		catch (Throwable ex) {
			// out of memory once more, most likely: the thread matters more than the line
		}
	}

}
