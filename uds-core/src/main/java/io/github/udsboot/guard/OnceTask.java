package io.github.udsboot.guard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * A task that runs once, however often it is handed to executors, and throws nothing: an
 * executor may fail after it has accepted a task, or even after it has run it. For one
 * {@link SureExecutor#execute(OnceTask)}.
 */
public abstract class OnceTask implements DroppableTask {

	private static final VarHandle BEGUN;

	static {
		try {
			BEGUN = MethodHandles.lookup().findVarHandle(OnceTask.class, "begun", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	@SuppressWarnings("unused") // by BEGUN
	private volatile boolean begun;

	/**
	 * The thread that hands the task over, while it does so. Not volatile, as each thread
	 * only checks whether it is that thread itself.
	 */
	private @Nullable Thread submitter;

	/** Guarded by the lock of {@link ReserveThread}, as is the field below. */
	private @Nullable OnceTask next;

	private boolean queued;

	/** Do the work. What this throws is logged. */
	protected abstract void call();

	/**
	 * Run the task unless it has already begun. It does not run on the thread that is
	 * handing it over, but on another one.
	 */
	@Override
	public final void run() {
		if (this.submitter == Thread.currentThread()) {
			SureExecutor.shared().execute(this);
			return;
		}
		if (BEGUN.compareAndSet(this, false, true)) {
			try {
				call();
			}
			catch (Throwable ex) {
				LostFailures.log("A callback failed", ex);
			}
		}
	}

	/** Run on one of the shared threads instead. */
	@Override
	public final void dropped() {
		SureExecutor.shared().execute(this);
	}

	final @Nullable Thread submitter() {
		return this.submitter;
	}

	final void setSubmitter(@Nullable Thread submitter) {
		this.submitter = submitter;
	}

	final @Nullable OnceTask next() {
		return this.next;
	}

	final void setNext(@Nullable OnceTask next) {
		this.next = next;
	}

	/** Return whether this was the first call. */
	final boolean queue() {
		boolean first = !this.queued;
		this.queued = true;
		return first;
	}

}
