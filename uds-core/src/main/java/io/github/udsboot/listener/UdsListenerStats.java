package io.github.udsboot.listener;

import java.util.Map;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.RefusalReason;

/**
 * What a listener has done so far and is doing now.
 *
 * @param name the listener's name
 * @param address the path or abstract name
 * @param state the state of the listener
 * @param connections the open connections
 * @param accepted the connections accepted since the start, including those refused
 * @param refused the connections refused before a byte was read, by reason
 * @param closed the connections closed, by reason
 * @param acceptFailures how often accepting failed, mostly for lack of descriptors
 * @param requestsInFlight the requests accepted and not answered
 * @param handlerThreads the platform threads that handlers occupy besides those of the
 * event loops
 * @param handovers how often a handler ran long and its event loop was handed over
 * @param memoryUsed the approximate number of bytes held for peers
 * @param memoryLimit the number of bytes that may be held
 */
public record UdsListenerStats(String name, String address, State state, int connections, long accepted,
		Map<RefusalReason, Long> refused, Map<CloseReason, Long> closed, long acceptFailures, int requestsInFlight,
		int handlerThreads, long handovers, long memoryUsed, long memoryLimit) {

	/** The state of a listener. */
	public enum State {

		/** Not started, or stopped. */
		STOPPED,

		/** Accepts connections and requests. */
		RUNNING,

		/** Answers what it has accepted and takes nothing more. */
		DRAINING,

		/** Its socket file was removed and could not be bound again yet. */
		ADDRESS_GONE,

		/** Another file is where its socket file was. */
		ADDRESS_FOREIGN

	}

}
