package io.github.udsboot.client.shared;

import io.github.udsboot.UdsException;
import io.github.udsboot.client.connection.ConnectDeadline;

/**
 * A call that waits for a connection, and that no thread waits for.
 */
public abstract class DelayedCall {

	private final long since = System.nanoTime();

	private final ConnectDeadline deadline;

	private final long notBefore;

	/**
	 * Create a call.
	 * @param deadline how long it waits
	 * @param notBefore when it may go on at the earliest
	 */
	public DelayedCall(ConnectDeadline deadline, long notBefore) {
		this.deadline = deadline;
		this.notBefore = notBefore;
	}

	final ConnectDeadline deadline() {
		return this.deadline;
	}

	/** Return when the call began to wait. */
	final long since() {
		return this.since;
	}

	/** Return whether the call may go on, or fail for the lack of a connection. */
	final boolean isDue(long now) {
		return this.notBefore - now <= 0;
	}

	/**
	 * Return whether the outcome is no longer wanted; may be called with locks held.
	 */
	public abstract boolean isGone();

	/** Go on: there is a connection now. Called after removal from the queue. */
	public abstract void connected();

	/** Fail: there will be no connection. Called after removal from the queue. */
	public abstract void failed(UdsException failure);

}
