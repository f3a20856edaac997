package io.github.udsboot.client;

import java.util.function.Consumer;
import java.util.function.LongFunction;

import io.github.udsboot.protocol.EncodedFrame;

/**
 * A call that no thread waits for.
 */
final class AsyncCall extends PendingCall {

	/** The outcome of a call whose deadline has passed. */
	static final Object EXPIRED = new Object();

	private final LongFunction<EncodedFrame> encoder;

	private final Consumer<AsyncCall> callback;

	AsyncCall(long deadlineNanos, LongFunction<EncodedFrame> encoder, Consumer<AsyncCall> callback) {
		super(deadlineNanos);
		this.encoder = encoder;
		this.callback = callback;
	}

	@Override
	EncodedFrame encode(long streamId) {
		return this.encoder.apply(streamId);
	}

	@Override
	boolean canLead() {
		return false;
	}

	@Override
	void completed() {
		this.callback.accept(this);
	}

}
