package io.github.udsboot.client.rpc;

import io.github.udsboot.client.call.CallOutcome;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.client.shared.SharedConnections;

/**
 * Decides whether a call that was certainly not executed is made again, which its caller
 * does not notice, and when.
 */
final class TransparentRetry {

	private final SharedConnections connections;

	TransparentRetry(SharedConnections connections) {
		this.connections = connections;
	}

	/**
	 * Return whether to make a call again.
	 * @param outcome the outcome of its last attempt
	 * @param request the call
	 * @param earlier the number of attempts before that
	 */
	boolean allows(CallOutcome outcome, CallRequest request, int earlier) {
		return outcome.isRepeatable() && !isOver(request, earlier);
	}

	/**
	 * The first attempt is never the last: its connection may have gone stale unnoticed.
	 */
	private boolean isOver(CallRequest request, int earlier) {
		return earlier > 0 && System.nanoTime() - ConnectDeadline.giveUp(request.startedAt(), request.deadline(),
				this.connections.settings().connect()) >= 0;
	}

	/**
	 * Return how long to wait before the next attempt. A connection that went stale
	 * unnoticed warrants one more at once.
	 * @param earlier the number of attempts before the last one
	 */
	long delayNanos(int earlier) {
		return (earlier > 0) ? this.connections.backoffNanos(earlier) : 0;
	}

}
