package io.github.udsboot.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs at most so many tasks of an executor at once; further ones wait in order. How many
 * may wait is the caller's to bound.
 */
public final class BoundedExecutor implements Executor {

	private final Executor delegate;

	private final int capacity;

	private final AtomicInteger running = new AtomicInteger();

	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	/**
	 * Create an executor.
	 * @param delegate what runs the tasks
	 * @param capacity how many may run at once
	 */
	public BoundedExecutor(Executor delegate, int capacity) {
		this.delegate = delegate;
		this.capacity = capacity;
	}

	/**
	 * Run a task, now or when others have ended.
	 * @param task the task
	 * @throws RejectedExecutionException if the delegate takes no tasks any more
	 */
	@Override
	public void execute(Runnable task) {
		this.waiting.add(task);
		while (tryAcquire()) {
			Runnable next = this.waiting.poll();
			if (next != null) {
				start(next);
				return;
			}
			this.running.decrementAndGet();
			if (this.waiting.isEmpty()) {
				return;
			}
		}
	}

	private void start(Runnable first) {
		try {
			this.delegate.execute(() -> work(first));
		}
		catch (RejectedExecutionException ex) {
			this.running.decrementAndGet();
			throw ex;
		}
	}

	private void work(Runnable first) {
		Runnable task = first;
		try {
			while (task != null) {
				task.run();
				task = this.waiting.poll();
			}
		}
		finally {
			release();
		}
	}

	private boolean tryAcquire() {
		int running = this.running.get();
		while (running < this.capacity) {
			if (this.running.compareAndSet(running, running + 1)) {
				return true;
			}
			running = this.running.get();
		}
		return false;
	}

	/** Count a thread in, even beyond the capacity. */
	void acquireUnchecked() {
		this.running.incrementAndGet();
	}

	/** Count a thread out and let a task that waits begin. */
	void release() {
		this.running.decrementAndGet();
		while (!this.waiting.isEmpty() && tryAcquire()) {
			Runnable next = this.waiting.poll();
			if (next != null) {
				start(next);
				return;
			}
			this.running.decrementAndGet();
		}
	}

	boolean hasCapacity() {
		return this.running.get() < this.capacity;
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

}
