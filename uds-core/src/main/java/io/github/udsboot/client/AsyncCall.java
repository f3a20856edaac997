package io.github.udsboot.client;

import io.github.udsboot.protocol.EncodedFrame;

/**
 * One attempt at a call that no thread waits for.
 */
final class AsyncCall extends PendingCall {

	/** The outcome of a call whose deadline has passed. */
	static final Object EXPIRED = new Object();

	/** The outcome of a call that its caller has given up. */
	static final Object CANCELLED = new Object();

	/** The same, but its request was taken back before a byte of it was written. */
	static final Object CANCELLED_UNSENT = new Object();

	private final AsyncExchange exchange;

	AsyncCall(long deadlineNanos, AsyncExchange exchange) {
		super(deadlineNanos);
		this.exchange = exchange;
	}

	@Override
	EncodedFrame encode(long streamId, RequestForm form) {
		return this.exchange.encode(streamId, form);
	}

	@Override
	boolean canLead() {
		return false;
	}

	@Override
	void completed() {
		this.exchange.attempted(outcome());
	}

}
