package io.github.udsboot.client;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsException;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameTooLargeException;

/**
 * A call that no thread waits for, from asking for a permit to its one outcome. Goes from
 * thread to thread and never waits on any: it is queued for a permit or for a connection,
 * or pending on one. Its outcome is delivered on the client's executor, never on a thread
 * that reads for others.
 */
final class AsyncExchange {

	private final CallExecutor calls;

	private final SharedConnections connections;

	private final Request request;

	private final byte[] payload;

	private final Recipient recipient;

	/** Belongs to whoever has the exchange in hand. */
	private int attempt;

	private volatile @Nullable Attempt current;

	AsyncExchange(CallExecutor calls, SharedConnections connections, Request request, byte[] payload,
			Recipient recipient) {
		this.calls = calls;
		this.connections = connections;
		this.request = request;
		this.payload = payload;
		this.recipient = recipient;
	}

	void begin() {
		if (this.connections.limiter().tryAcquire()) {
			attempt(false);
			return;
		}
		this.connections.limiter().enqueue(new CallLimiter.AsyncWaiter(this.request.deadline()) {

			@Override
			void granted() {
				attempt(false);
			}

			@Override
			void expired() {
				deliver(AsyncExchange.this.connections.deadlineExceeded(AsyncExchange.this.request.route(), null),
						false);
			}

		});
		this.connections.startClock();
	}

	/** With a permit. */
	private void attempt(boolean queued) {
		if (this.recipient.isGone()) {
			deliver(new UdsCancelledException("The caller has cancelled the call; the call was not sent",
					this.request.route(), this.connections.path(), null), true);
			return;
		}
		ClientConnection ready = this.connections.ready();
		if (ready == null && !queued) {
			ready = this.connections.connectNow(this.calls.patience(this.request));
		}
		if (ready != null) {
			attemptOn(ready);
		}
		else if (queued) {
			// it has gone already: counts as an attempt, so that there is a back-off
			attempted(ClientConnection.NOT_SUBMITTED);
		}
		else {
			enqueue(System.nanoTime());
		}
	}

	private void attemptOn(ClientConnection connection) {
		AsyncCall call = newCall();
		Attempt attempt = new Attempt(connection, call);
		// first where the call is, then the look: cancel() comes the other way round
		this.current = attempt;
		try {
			if (connection.call(call)) {
				if (this.recipient.isGone()) {
					attempt.cancel();
				}
				return;
			}
		}
		catch (RuntimeException | Error ex) {
			// not submitted, so nobody else has it
			deliver(ex, true);
			return;
		}
		attempted(ClientConnection.NOT_SUBMITTED);
	}

	AsyncCall newCall() {
		return new AsyncCall(this.request.deadline(), this);
	}

	EncodedFrame encode(long streamId, boolean announces) {
		return this.calls.writer().encode(this.request.frame(streamId, this.payload, announces));
	}

	/** Take the outcome of an attempt; on a thread that reads for others. */
	void attempted(@Nullable Object outcome) {
		if (!Outcomes.isRepeatable(outcome) || this.calls.isOver(this.request, this.attempt)) {
			try {
				this.calls.execute(() -> deliverOutcome(outcome));
			}
			finally {
				this.connections.limiter().release();
			}
			return;
		}
		this.attempt++;
		// a connection that went stale unnoticed deserves one more attempt at once
		enqueue(System.nanoTime() + ((this.attempt > 1) ? this.connections.backoffNanos(this.attempt) : 0));
	}

	/**
	 * The recipient is gone: end the call, now if it is on a connection, else when its
	 * turn comes. By any thread.
	 */
	void cancel() {
		Attempt attempt = this.current;
		if (attempt != null) {
			attempt.cancel();
		}
	}

	private void enqueue(long notBefore) {
		this.connections.enqueue(new SharedConnections.Queued(this.calls.patience(this.request), notBefore) {

			@Override
			void connected() {
				attempt(true);
			}

			@Override
			void failed(UdsException failure) {
				deliver(failure, true);
			}

		});
	}

	private void deliver(Throwable failure, boolean permit) {
		this.calls.execute(() -> {
			if (permit) {
				// here, because it may begin the next call: one that fails as this one
				// did
				// would otherwise grow the stack
				this.connections.limiter().release();
			}
			fail((failure instanceof FrameTooLargeException ex) ? this.calls.tooLarge(this.request, ex) : failure);
		});
	}

	private void deliverOutcome(@Nullable Object outcome) {
		byte[] answer;
		try {
			answer = Outcomes.payload((outcome != AsyncCall.EXPIRED) ? outcome : null, this.request.route(),
					this.connections.path());
		}
		catch (UdsException ex) {
			fail(ex);
			return;
		}
		this.calls.record(this.request, null);
		this.recipient.answered(answer);
	}

	private void fail(Throwable failure) {
		this.calls.record(this.request, Objects.requireNonNull(failure));
		this.recipient.failed(failure);
	}

	/** Where the call is now, or was last. */
	private record Attempt(ClientConnection connection, AsyncCall call) {

		void cancel() {
			this.connection.cancel(this.call);
		}

	}

	/** Whom the outcome is for; told on the client's executor. */
	interface Recipient {

		/** Return whether nobody wants the outcome any more. */
		boolean isGone();

		void answered(byte[] answer);

		void failed(Throwable failure);

	}

}
