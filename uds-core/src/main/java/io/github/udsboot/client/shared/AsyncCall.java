package io.github.udsboot.client.shared;

/**
 * One attempt at a call that no thread waits for.
 */
public abstract class AsyncCall extends PendingCall {

	public AsyncCall(long deadlineNanos) {
		super(deadlineNanos);
	}

	@Override
	final boolean canLead() {
		return false;
	}

}
