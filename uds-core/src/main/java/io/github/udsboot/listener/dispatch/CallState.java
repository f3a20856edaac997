package io.github.udsboot.listener.dispatch;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;

/**
 * Decides what gives a call its one outcome, and which thread may be interrupted
 * meanwhile.
 *
 * <p>
 * The outcome is taken once: by the handler's reply, or by the thread that
 * {@linkplain #withdraw withdraws} the call from the handler. Only the latter interrupts,
 * under the lock that the handler's thread takes when it leaves, so that no interrupt
 * hits what the thread does next; and a later reply of the handler is dropped, so that an
 * interrupted thread never writes to a channel.
 */
public abstract class CallState {

	/** Guarded by the monitor, as are the fields below. */
	private boolean over;

	private boolean withdrawn;

	/**
	 * The handler's thread was interrupted, which must not be visible after the handler.
	 */
	private boolean interrupted;

	/** A thread has begun to run the call. */
	private boolean entered;

	/** The call will not run any more. */
	private boolean finished;

	/** The thread in the handler, or in an interceptor around it. */
	private @Nullable Thread handlerThread;

	/** Stops what the handler has left running elsewhere. */
	private @Nullable Runnable cancellation;

	/**
	 * The status with which to count the call out as soon as the handler's thread has
	 * left.
	 */
	private @Nullable Status givenUp;

	/** Return whether the outcome is still the handler's to give. */
	final synchronized boolean enter() {
		this.handlerThread = Thread.currentThread();
		this.entered = !this.over;
		return this.entered;
	}

	/** Return whether an interceptor or the handler may have seen the request. */
	public final synchronized boolean isEntered() {
		return this.entered;
	}

	/** Return whether a thread is in the handler, or in an interceptor around it. */
	final synchronized boolean isRunning() {
		return this.handlerThread != null;
	}

	/** Note that the handler's thread goes on to other work. */
	final void leave() {
		Status status;
		synchronized (this) {
			this.handlerThread = null;
			this.finished = true;
			status = this.givenUp;
			if (this.interrupted) {
				Thread.interrupted();
			}
		}
		if (status != null) {
			countOut(status);
			lingers(false);
		}
	}

	/** Take the outcome for the handler, unless it is already taken. */
	final synchronized boolean takeOutcome() {
		if (this.over) {
			return false;
		}
		this.over = true;
		this.cancellation = null;
		return true;
	}

	/**
	 * Take the outcome away from the handler, unless it has given one, and stop the
	 * handler. {@link #giveUp} must follow. Neither waits nor runs application code.
	 */
	public final boolean withdraw() {
		boolean taken = seize();
		if (taken) {
			stopHandler();
		}
		return taken;
	}

	/**
	 * Take the outcome away from the handler, unless it has given one, before doing
	 * anything visible to the handler. {@link #stopHandler} and {@link #giveUp} must
	 * follow.
	 */
	public final synchronized boolean seize() {
		if (this.over) {
			return false;
		}
		this.over = true;
		this.withdrawn = true;
		return true;
	}

	/** Stop the handler of a call that was seized. */
	public final void stopHandler() {
		Runnable cancellation;
		synchronized (this) {
			if (this.handlerThread != null) {
				this.interrupted = true;
				this.handlerThread.interrupt();
			}
			cancellation = this.cancellation;
			this.cancellation = null;
		}
		if (cancellation != null) {
			runElsewhere(cancellation);
		}
	}

	/** Return whether the call has its outcome. */
	final synchronized boolean isOver() {
		return this.over;
	}

	final synchronized boolean isWithdrawn() {
		return this.withdrawn;
	}

	/** As {@link io.github.udsboot.handler.UdsReplyCallback#onCancel}. */
	final void whenWithdrawn(Runnable action) {
		boolean late;
		synchronized (this) {
			late = this.withdrawn;
			if (!this.over) {
				this.cancellation = action;
			}
		}
		if (late) {
			action.run();
		}
	}

	/**
	 * End without an answer from the handler. The call counts until the handler's thread
	 * has left: a peer must not get more calls than allowed by giving up.
	 * @param status the status to record
	 */
	public final void giveUp(Status status) {
		synchronized (this) {
			if (!this.finished) {
				this.givenUp = status;
				lingers(true);
				return;
			}
		}
		countOut(status);
	}

	/**
	 * Note that the call has its outcome and still counts.
	 * @param begins {@code true} when this state begins, {@code false} when it ends
	 */
	void lingers(boolean begins) {
	}

	/** Count out the call, which has its outcome, and record it. */
	abstract void countOut(Status status);

	/** Run application code that stops what the handler has left running. */
	abstract void runElsewhere(Runnable cancellation);

}
