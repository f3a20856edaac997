package io.github.udsboot.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.github.udsboot.guard.DroppableTask;

/**
 * Runs at most so many tasks of an executor at once; further ones wait in order, and are
 * run by the threads that have ended others. How many may wait is the caller's to bound.
 */
public final class BoundedExecutor implements Executor {

	private final Executor delegate;

	private final BoundedCount running;

	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	private final Runnable worker = this::work;

	private volatile boolean closed;

	/**
	 * Create an executor.
	 * @param delegate what runs the tasks
	 * @param capacity how many may run at once
	 */
	public BoundedExecutor(Executor delegate, int capacity) {
		this.delegate = delegate;
		this.running = new BoundedCount(capacity);
	}

	/**
	 * Run a task, now or when others have ended.
	 * @param task the task, which throws nothing
	 * @throws RejectedExecutionException if the task will not be run, because the
	 * delegate takes no tasks any more or this executor is closed; other failures of the
	 * delegate to start a thread mean the same
	 */
	@Override
	public void execute(Runnable task) {
		this.waiting.add(task);
		if (this.closed && this.waiting.remove(task)) {
			throw new RejectedExecutionException("The executor is closed");
		}
		if (!this.running.tryIncrement()) {
			return;
		}
		try {
			this.delegate.execute(this.worker);
		}
		catch (Throwable ex) {
			this.running.decrement();
			// unless a thread that was about to end has taken it
			if (this.waiting.remove(task)) {
				throw ex;
			}
		}
	}

	/**
	 * Run the tasks that wait, as a thread that is counted in, then count it out.
	 */
	void work() {
		do {
			Runnable task = this.waiting.poll();
			while (task != null) {
				run(task);
				task = this.waiting.poll();
			}
			this.running.decrement();
			// first counted out, then the look at the tasks: execute() does it the other
			// way round
		}
		while (!this.waiting.isEmpty() && this.running.tryIncrement());
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			Failures.log("A task failed", ex);
		}
		finally {
			// an interrupt meant for one task must not reach the next
			Thread.interrupted();
		}
	}

	/** Count a thread in, even beyond the capacity. */
	void acquireUnchecked() {
		this.running.increment();
	}

	/** Count a thread out and let a task that waits begin. */
	void release() {
		this.running.decrement();
		if (!this.waiting.isEmpty() && this.running.tryIncrement()) {
			try {
				this.delegate.execute(this.worker);
			}
			catch (Throwable ex) {
				this.running.decrement();
				Failures.log("No thread can be started for a task, which waits for the next one", ex);
			}
		}
	}

	boolean hasCapacity() {
		return this.running.isBelowBound();
	}

	Executor delegate() {
		return this.delegate;
	}

	/**
	 * Return how many threads are taken.
	 * @return the number
	 */
	public int running() {
		return this.running.get();
	}

	/**
	 * Drop the tasks that wait, which are told, and take no more. Those that run are left
	 * alone.
	 */
	public void close() {
		// first the flag, then the tasks: execute() does it the other way round
		this.closed = true;
		Runnable task = this.waiting.poll();
		while (task != null) {
			DroppableTask.drop(task);
			task = this.waiting.poll();
		}
	}

}
