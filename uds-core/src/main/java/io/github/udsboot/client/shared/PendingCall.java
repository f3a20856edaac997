package io.github.udsboot.client.shared;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.call.CallOutcome;
import io.github.udsboot.client.call.CallOutcome.Answered;
import io.github.udsboot.client.call.CallOutcome.Ended;
import io.github.udsboot.client.call.RequestForm;
import io.github.udsboot.client.call.VirtualThreads;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;

/**
 * A call that waits for its outcome on a connection: the answer's frame, or the failure
 * that takes its place. The outcome is set once, by the thread that holds the
 * connection's reading role or closes it.
 */
public abstract class PendingCall {

	/** The call's thread has not begun to wait: it checks the role itself. */
	static final int NEW = 0;

	/** The call's thread sleeps, or is about to. */
	static final int WAITING = 1;

	/** The call's thread was woken to take the reading role. */
	static final int DESIGNATED = 2;

	/** The call's thread is gone, or must not be designated. */
	static final int GONE = 3;

	private final AtomicInteger role = new AtomicInteger(NEW);

	private final long deadlineNanos;

	/**
	 * A frame, or a {@link CallOutcome}: one field, so that an answer needs no wrapper.
	 */
	private volatile @Nullable Object outcome;

	private long streamId;

	private long position;

	PendingCall(long deadlineNanos) {
		this.deadlineNanos = deadlineNanos;
	}

	/**
	 * Encode the request.
	 * @param streamId the stream id of the request
	 * @param form what to include
	 * @return the bytes
	 */
	public abstract EncodedFrame encode(long streamId, RequestForm form);

	/** Return whether the call's thread can read for the others. */
	abstract boolean canLead();

	/**
	 * Called once after the outcome was set, by the thread that set it. As that thread
	 * reads for others, this must be quick.
	 */
	public abstract void completed();

	final void setStreamId(long streamId) {
		this.streamId = streamId;
	}

	final void setPosition(long position) {
		this.position = position;
	}

	final long streamId() {
		return this.streamId;
	}

	/** Return the number of bytes before the request when it was queued. */
	final long position() {
		return this.position;
	}

	public final long deadlineNanos() {
		return this.deadlineNanos;
	}

	final boolean isDone() {
		return this.outcome != null;
	}

	/** Return the outcome; {@link Ended#EXPIRED} while there is none. */
	public final CallOutcome outcome() {
		Object outcome = this.outcome;
		if (outcome instanceof Frame frame) {
			return new Answered(frame);
		}
		return (outcome != null) ? (CallOutcome) outcome : Ended.EXPIRED;
	}

	/** Set the outcome; only for the thread that removed the call from its connection. */
	final void complete(Frame answer) {
		tell(answer);
	}

	/** As {@link #complete(Frame)}, with an outcome other than an answer. */
	final void complete(CallOutcome outcome) {
		tell(outcome);
	}

	private void tell(Object outcome) {
		this.outcome = outcome;
		try {
			completed();
		}
		catch (RuntimeException | Error ex) {
			// other calls depend on what this thread still has to do
			LostFailures.log("A call could not be told its outcome", ex);
		}
	}

	final boolean changeRole(int from, int to) {
		return this.role.compareAndSet(from, to);
	}

	final void setRole(int role) {
		this.role.set(role);
	}

	final int takeRole(int role) {
		return this.role.getAndSet(role);
	}

	final int role() {
		return this.role.get();
	}

	/** A call whose thread waits for it. */
	abstract static class Blocking extends PendingCall {

		private final Thread thread = Thread.currentThread();

		private final boolean canLead = !VirtualThreads.isVirtual(this.thread);

		Blocking(long deadlineNanos) {
			super(deadlineNanos);
		}

		@Override
		final boolean canLead() {
			return this.canLead;
		}

		@Override
		public final void completed() {
			if (this.thread != Thread.currentThread()) {
				LockSupport.unpark(this.thread);
			}
		}

		final void wake() {
			LockSupport.unpark(this.thread);
		}

	}

}
