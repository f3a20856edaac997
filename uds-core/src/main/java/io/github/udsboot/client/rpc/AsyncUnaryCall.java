package io.github.udsboot.client.rpc;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.call.CallLimiter;
import io.github.udsboot.client.call.CallOutcome;
import io.github.udsboot.client.call.CallOutcome.Ended;
import io.github.udsboot.client.call.CallRecipient;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.RequestForm;
import io.github.udsboot.client.shared.AsyncCall;
import io.github.udsboot.client.shared.DelayedCall;
import io.github.udsboot.client.shared.SharedConnection;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.client.shared.WaitingRequests;
import io.github.udsboot.guard.OnceTask;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameTooLargeException;

/**
 * A call that no thread waits for, from requesting a permit to its one outcome. It passes
 * from thread to thread and never waits on any: it is queued for a permit or for a
 * connection, or pending on a connection. As a task, it is the delivery of its outcome on
 * the client's executor, never on a thread that reads for others.
 *
 * <p>
 * Any failure on the way becomes the outcome: no method except {@link #encode} throws.
 *
 * <p>
 * One class, though a long one, because the order in which a call enters one of these
 * places and checks whether it is still wanted is the same argument for all of them.
 */
final class AsyncUnaryCall extends OnceTask {

	private static final AtomicIntegerFieldUpdater<AsyncUnaryCall> STATE = AtomicIntegerFieldUpdater
		.newUpdater(AsyncUnaryCall.class, "state");

	private static final AtomicIntegerFieldUpdater<AsyncUnaryCall> COUNTED = AtomicIntegerFieldUpdater
		.newUpdater(AsyncUnaryCall.class, "counted");

	private static final byte[] EMPTY_PAYLOAD = {};

	private static final int OPEN = 0;

	private static final int OVER = 1;

	private final UnaryCallExecutor calls;

	private final SharedConnections connections;

	private final CallRequest request;

	/** Belongs to the thread working on the call; empty once that is over. */
	private byte[] payload;

	/** The memory that the request counts while it waits; constant for the whole call. */
	private final long size;

	private final CallRecipient recipient;

	/**
	 * The thread that changes it to OVER tells the outcome, and gives the permit back.
	 */
	private volatile int state = OPEN;

	/** 1 while the request counts among those that wait to be sent. */
	private volatile int counted;

	/** Belongs to the thread working on the call. */
	private int attempt;

	/**
	 * This or the next field is written before the delivery is handed to the executor.
	 */
	private @Nullable CallOutcome outcome;

	private @Nullable Throwable failure;

	private volatile @Nullable Attempt current;

	/** Where the call waits, or last waited, for a permit. */
	private volatile CallLimiter.@Nullable AsyncWaiter waiter;

	/** The call waits, or has waited, for a connection. */
	private volatile boolean queued;

	AsyncUnaryCall(UnaryCallExecutor calls, SharedConnections connections, CallRequest request, byte[] payload,
			CallRecipient recipient) {
		this.calls = calls;
		this.connections = connections;
		this.request = request;
		this.payload = payload;
		this.size = WaitingRequests.sizeOf(payload);
		this.recipient = recipient;
	}

	void begin() {
		if (this.connections.limiter().tryAcquire()) {
			attempt(false);
			return;
		}
		try {
			countIn();
		}
		catch (UdsLimitExceededException ex) {
			// directly, as a queue of refusals would have no bound
			if (abandon()) {
				fail(ex);
			}
			return;
		}
		awaitTurn();
	}

	private void awaitTurn() {
		try {
			countIn();
			CallLimiter.AsyncWaiter waiter = new Turn();
			// first where the call is, then the check: cancel() uses the reverse order
			this.waiter = waiter;
			this.connections.limiter().enqueue(waiter);
			this.connections.startClock();
			if (this.recipient.isGone()) {
				leaveTurn(waiter);
			}
		}
		catch (Throwable ex) {
			end(ex, false);
		}
	}

	private void leaveTurn(CallLimiter.AsyncWaiter waiter) {
		if (waiter.leave()) {
			end(cancelled(), false);
		}
	}

	private UdsException cancelled() {
		return CallFailures.failure(Ended.CANCELLED_UNSENT, this.request.route(), this.connections.path());
	}

	/** Make an attempt with a permit, which is given back with the outcome. */
	private void attempt(boolean queued) {
		if (isOver()) {
			return;
		}
		try {
			if (this.recipient.isGone()) {
				end(cancelled(), true);
				return;
			}
			SharedConnection ready = this.connections.ready();
			if (ready == null && !queued) {
				ready = this.connections.connectNow(this.calls.connectDeadline(this.request));
			}
			if (ready != null) {
				attemptOn(ready);
			}
			else if (queued) {
				// the connection is gone already: this counts as an attempt, for the
				// back-off
				attempted(this.connections.refusal());
			}
			else {
				enqueue(System.nanoTime());
			}
		}
		catch (Throwable ex) {
			end(ex, true);
		}
	}

	private void attemptOn(SharedConnection connection) {
		AsyncCall call = newCall();
		Attempt attempt = new Attempt(connection, call);
		// first where the call is, then the check: cancel() uses the reverse order
		this.current = attempt;
		if (connection.call(call)) {
			countOut();
			if (this.recipient.isGone()) {
				attempt.cancel();
			}
		}
		else if (connection.isUsable() && connection.isCongested()) {
			enqueue(System.nanoTime());
			connection.whenRoom(this.connections::serveQueueSoon);
		}
		else if (connection.isUsable()) {
			// more permits than room: wait for a new turn, with new attempts
			this.attempt = 0;
			this.connections.isFull();
			this.connections.limiter().release();
			awaitTurn();
		}
		else {
			attempted(connection.refusal());
		}
	}

	AsyncCall newCall() {
		return new OneAttempt();
	}

	private EncodedFrame encode(long streamId, RequestForm form) {
		return this.calls.writer().encode(this.request.frame(streamId, this.payload, form));
	}

	/** Take the outcome of an attempt, on a thread that reads for others. */
	void attempted(CallOutcome outcome) {
		if (isOver()) {
			return;
		}
		try {
			TransparentRetry retry = this.calls.retry();
			if (retry.allows(outcome, this.request, this.attempt)) {
				enqueue(System.nanoTime() + retry.delayNanos(this.attempt++));
				return;
			}
		}
		catch (Throwable ex) {
			end(ex, true);
			return;
		}
		if (abandon()) {
			this.outcome = outcome;
			deliver(true);
		}
	}

	/**
	 * End the call, wherever it is, as the recipient is gone. By any thread.
	 */
	void cancel() {
		CallLimiter.AsyncWaiter waiter = this.waiter;
		if (waiter != null) {
			leaveTurn(waiter);
		}
		if (this.queued) {
			this.connections.serveQueueSoon();
		}
		Attempt attempt = this.current;
		if (attempt != null) {
			attempt.cancel();
		}
	}

	/** Count the request, which has to wait without a thread, if there is room for it. */
	private void countIn() {
		if (this.counted != 0) {
			return;
		}
		WaitingRequests waiting = this.connections.waitingRequests();
		// first the memory, then the mark: the thread that finds the mark gives the
		// memory back
		waiting.add(this.size, this.request.route(), this.connections.path());
		if (!COUNTED.compareAndSet(this, 0, 1)) {
			waiting.remove(this.size);
		}
		if (isOver()) {
			countOut();
		}
	}

	/**
	 * Count out the request, which no longer waits: it is in the queue of a connection,
	 * or over.
	 */
	private void countOut() {
		if (this.counted != 0 && COUNTED.compareAndSet(this, 1, 0)) {
			this.connections.waitingRequests().remove(this.size);
		}
	}

	private void enqueue(long notBefore) {
		countIn();
		this.queued = true;
		this.connections.enqueue(new DelayedCall(this.calls.connectDeadline(this.request), notBefore) {

			@Override
			public boolean isGone() {
				return AsyncUnaryCall.this.recipient.isGone();
			}

			@Override
			public void connected() {
				attempt(true);
			}

			@Override
			public void failed(UdsException failure) {
				end(failure, true);
			}

		});
	}

	// --- the outcome

	private boolean isOver() {
		return this.state == OVER;
	}

	/**
	 * Leave the outcome, and the permit, to the caller.
	 * @return {@code false} if the outcome is already on its way
	 */
	boolean abandon() {
		return STATE.compareAndSet(this, OPEN, OVER);
	}

	/** End with a failure, unless there is an outcome already. */
	private void end(Throwable failure, boolean permit) {
		if (abandon()) {
			this.failure = failure;
			deliver(permit);
		}
	}

	private void deliver(boolean permit) {
		countOut();
		// the delivery may have to wait, and the payload may be large
		this.payload = EMPTY_PAYLOAD;
		if (permit) {
			// before the delivery and not by it: the callback may need the permit, or the
			// delivery may wait behind such a callback
			this.connections.limiter().release();
		}
		this.calls.execute(this);
	}

	/** Tell the outcome. */
	@Override
	protected void call() {
		byte[] answer;
		try {
			CallOutcome outcome = this.outcome;
			if (outcome == null) {
				fail(Objects.requireNonNull(this.failure));
				return;
			}
			answer = CallFailures.payload(outcome, this.request.route(), this.connections.path());
		}
		catch (Throwable ex) {
			fail(ex);
			return;
		}
		this.calls.record(this.request, null);
		this.recipient.answered(answer);
	}

	private void fail(Throwable failure) {
		Throwable reason = (failure instanceof FrameTooLargeException ex) ? this.calls.tooLarge(this.request, ex)
				: failure;
		this.calls.record(this.request, reason);
		this.recipient.failed(reason);
	}

	/** Waits for a permit. */
	private final class Turn extends CallLimiter.AsyncWaiter {

		private Turn() {
			super(AsyncUnaryCall.this.request.deadline());
		}

		@Override
		public void granted() {
			if (isOver()) {
				AsyncUnaryCall.this.connections.limiter().release();
				return;
			}
			attempt(false);
		}

		@Override
		public void expired() {
			end(CallFailures.noConnectionInTime(AsyncUnaryCall.this.request.route(),
					AsyncUnaryCall.this.connections.path(), null), false);
		}

	}

	/** One attempt. */
	private final class OneAttempt extends AsyncCall {

		private OneAttempt() {
			super(AsyncUnaryCall.this.request.deadline());
		}

		@Override
		public EncodedFrame encode(long streamId, RequestForm form) {
			return AsyncUnaryCall.this.encode(streamId, form);
		}

		@Override
		public void completed() {
			attempted(outcome());
		}

	}

	/** Where the call is, or last was. */
	private record Attempt(SharedConnection connection, AsyncCall call) {

		void cancel() {
			this.connection.cancel(this.call);
		}

	}

}
