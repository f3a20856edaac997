package io.github.udsboot.listener.dispatch;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;

/**
 * Who gives a call its one outcome, and which thread may be interrupted meanwhile.
 *
 * <p>
 * The outcome is taken once: by the handler's reply, or by whoever {@linkplain #withdraw
 * withdraws} the call from it. Only the latter interrupts, under the lock that the
 * handler's thread takes when it leaves, so that no interrupt lands in what the thread
 * does next; and what the handler replies then is dropped, so that a thread with that
 * interrupt never writes to a channel.
 */
public abstract class CallState {

	/** Guarded by the monitor, as are the fields below. */
	private boolean over;

	private boolean withdrawn;

	/** Has been interrupted, which is not to be seen behind the handler. */
	private boolean interrupted;

	/** A thread has begun to run it. */
	private boolean entered;

	/** Will not run any more. */
	private boolean finished;

	/** In the handler, or in an interceptor around it. */
	private @Nullable Thread handlerThread;

	/** Stops what the handler has left to run elsewhere. */
	private @Nullable Runnable cancellation;

	/** To be counted out with this as soon as the handler's thread has left. */
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

	/** The handler's thread goes on to other work. */
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

	/** Take the outcome for the handler, unless somebody else has. */
	final synchronized boolean takeOutcome() {
		if (this.over) {
			return false;
		}
		this.over = true;
		this.cancellation = null;
		return true;
	}

	/**
	 * Take the outcome out of the handler's hands, unless it has given one, and stop the
	 * handler. {@link #giveUp} must follow. Does not wait, nor run code of the
	 * application.
	 */
	public final boolean withdraw() {
		boolean taken = seize();
		if (taken) {
			stopHandler();
		}
		return taken;
	}

	/**
	 * Take the outcome out of the handler's hands, unless it has given one, before
	 * anything that the handler could see. {@link #stopHandler} and {@link #giveUp} must
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
	 * End without an answer of the handler's. The call counts until the handler's thread
	 * has left: a peer must not have more of them than it may by giving up.
	 * @param status what is recorded
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
	 * Take note that the call has its outcome and still counts.
	 * @param begins whether that begins, or is over
	 */
	void lingers(boolean begins) {
	}

	/** Count the call out, which has the outcome, and record it. */
	abstract void countOut(Status status);

	/** Run code of the application that stops what the handler has left to run. */
	abstract void runElsewhere(Runnable cancellation);

}
