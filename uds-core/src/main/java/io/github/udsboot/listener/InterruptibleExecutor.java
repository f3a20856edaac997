package io.github.udsboot.listener;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on an executor that is not the listener's, and can interrupt those that run
 * when the listener closes.
 */
final class InterruptibleExecutor implements Executor {

	private final Executor delegate;

	private final Set<Task> running = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	InterruptibleExecutor(Executor delegate) {
		this.delegate = delegate;
	}

	@Override
	public void execute(Runnable task) {
		if (this.closed) {
			throw new RejectedExecutionException("The listener is closed");
		}
		this.delegate.execute(new Task(task));
	}

	/** Interrupt what runs and start nothing more. */
	void close() {
		// first the flag, then the look: a task does it the other way round
		this.closed = true;
		this.running.forEach(Task::interrupt);
	}

	private final class Task implements Runnable {

		private final Runnable task;

		/** Guarded by this object's monitor. */
		private @Nullable Thread thread;

		private Task(Runnable task) {
			this.task = task;
		}

		@Override
		public void run() {
			begin();
			try {
				if (!InterruptibleExecutor.this.closed) {
					this.task.run();
				}
			}
			finally {
				end();
			}
		}

		private void begin() {
			synchronized (this) {
				this.thread = Thread.currentThread();
			}
			InterruptibleExecutor.this.running.add(this);
		}

		/** From here on the thread is the delegate's again, and not to be interrupted. */
		private void end() {
			InterruptibleExecutor.this.running.remove(this);
			synchronized (this) {
				this.thread = null;
			}
			Thread.interrupted();
		}

		private synchronized void interrupt() {
			if (this.thread != null) {
				this.thread.interrupt();
			}
		}

	}

}
