package io.github.udsboot.listener.dispatch;

import org.apache.commons.logging.Log;

import io.github.udsboot.guard.GuardedLog;

/**
 * The single log category of all lines about a listener, whichever class writes them.
 */
public final class ListenerLog {

	/** The name of the public class that applications know. */
	public static final Log LOG = GuardedLog.of("io.github.udsboot.listener.UdsListenerContainer");

	private ListenerLog() {
	}

}
