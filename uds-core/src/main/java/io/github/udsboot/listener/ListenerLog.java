package io.github.udsboot.listener;

import org.apache.commons.logging.Log;

import io.github.udsboot.guard.GuardedLog;

/**
 * The one category that all lines about a listener have, whichever class writes them.
 */
final class ListenerLog {

	/** The name of the public class that applications know. */
	static final Log LOG = GuardedLog.of("io.github.udsboot.listener.UdsListenerContainer");

	private ListenerLog() {
	}

}
