package io.github.udsboot.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a client below the number of calls that its connections may have in flight, which
 * a server would refuse. Further calls wait for their turn.
 */
final class CallLimiter {

	private final Semaphore permits;

	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	CallLimiter(int calls) {
		this.permits = new Semaphore(calls);
	}

	/**
	 * Wait for a permit.
	 * @return {@code false} if the deadline passed
	 */
	boolean acquire(long deadlineNanos) throws InterruptedException {
		return this.permits.tryAcquire()
				|| this.permits.tryAcquire(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
	}

	/** Run a task as soon as there is a permit for it. */
	void acquireThen(Runnable task) {
		if (this.permits.tryAcquire()) {
			task.run();
			return;
		}
		this.waiting.add(task);
		runWaiting();
	}

	void release() {
		this.permits.release();
		runWaiting();
	}

	private void runWaiting() {
		while (!this.waiting.isEmpty() && this.permits.tryAcquire()) {
			Runnable task = this.waiting.poll();
			if (task != null) {
				task.run();
				return;
			}
			this.permits.release();
		}
	}

}
