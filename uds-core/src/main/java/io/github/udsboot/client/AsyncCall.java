package io.github.udsboot.client;

/**
 * One attempt at a call that no thread waits for.
 */
abstract class AsyncCall extends PendingCall {

	AsyncCall(long deadlineNanos) {
		super(deadlineNanos);
	}

	@Override
	final boolean canLead() {
		return false;
	}

}
