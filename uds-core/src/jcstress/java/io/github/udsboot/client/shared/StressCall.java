package io.github.udsboot.client.shared;

import java.util.concurrent.atomic.AtomicInteger;

import io.github.udsboot.client.call.RequestForm;
import io.github.udsboot.protocol.EncodedFrame;

/**
 * A call that nobody waits for.
 */
final class StressCall extends PendingCall {

	private static final byte[] NOTHING = {};

	private final AtomicInteger completions = new AtomicInteger();

	StressCall(long streamId) {
		super(Long.MAX_VALUE);
		setStreamId(streamId);
	}

	@Override
	public EncodedFrame encode(long streamId, RequestForm form) {
		return new EncodedFrame(NOTHING, NOTHING);
	}

	@Override
	boolean canLead() {
		return false;
	}

	@Override
	public void completed() {
		this.completions.incrementAndGet();
	}

	int completions() {
		return this.completions.get();
	}

}
