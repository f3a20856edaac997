package io.github.udsboot.listener.dispatch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.guard.LostFailures;

/**
 * Runs tasks on an executor that is not the listener's. When the listener closes, running
 * tasks are interrupted, and those that have not begun are dropped, even if the executor
 * has already dropped them silently. Thread-safe.
 */
final class InterruptibleExecutor implements Executor {

	private final Executor delegate;

	/** The tasks that the delegate was given and that have not ended. */
	private final Set<Task> tasks = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	InterruptibleExecutor(Executor delegate) {
		this.delegate = delegate;
	}

	/**
	 * Run a task.
	 * @param task the task
	 * @throws RejectedExecutionException if this executor is closed; any exception from
	 * the delegate means the same: the task will be neither run nor told
	 */
	@Override
	public void execute(Runnable task) {
		Task given = new Task(task);
		// first the task, then the check: close() uses the reverse order
		this.tasks.add(given);
		if (this.closed && given.takeBack()) {
			throw new RejectedExecutionException("The listener is closed");
		}
		try {
			this.delegate.execute(given);
		}
		catch (Throwable ex) {
			// unless the delegate has begun it after all, or it is told
			if (given.takeBack()) {
				throw ex;
			}
		}
	}

	/** Interrupt running tasks, drop those that have not begun, and start no more. */
	void close() {
		this.closed = true;
		this.tasks.forEach(Task::stop);
	}

	private final class Task implements DroppableTask {

		private final Runnable task;

		/** Guarded by this object's monitor, as is the field below. */
		private boolean begun;

		private @Nullable Thread thread;

		private Task(Runnable task) {
			this.task = task;
		}

		@Override
		public void run() {
			if (InterruptibleExecutor.this.closed) {
				dropped();
			}
			else if (begin(Thread.currentThread())) {
				try {
					this.task.run();
				}
				finally {
					end();
				}
			}
		}

		/** Return whether the task was still to be run: an executor may run it twice. */
		private synchronized boolean begin(@Nullable Thread thread) {
			if (this.begun) {
				return false;
			}
			this.begun = true;
			this.thread = thread;
			return true;
		}

		/**
		 * End the task: from here on the thread is the delegate's again, and must not be
		 * interrupted.
		 */
		private void end() {
			InterruptibleExecutor.this.tasks.remove(this);
			synchronized (this) {
				this.thread = null;
			}
			Thread.interrupted();
		}

		/** Return whether the task will not be run, as it had not begun. */
		private boolean takeBack() {
			boolean taken = begin(null);
			if (taken) {
				InterruptibleExecutor.this.tasks.remove(this);
			}
			return taken;
		}

		@Override
		public void dropped() {
			if (takeBack()) {
				DroppableTask.drop(this.task);
			}
		}

		private void stop() {
			dropped();
			try {
				synchronized (this) {
					if (this.thread != null) {
						this.thread.interrupt();
					}
				}
			}
			catch (RuntimeException | Error ex) {
				// the thread's class may be the application's
				LostFailures.log("A thread could not be interrupted", ex);
			}
		}

	}

}
