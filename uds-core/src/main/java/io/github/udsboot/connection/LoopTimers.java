package io.github.udsboot.connection;

import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.Nanos;

/**
 * The timers of an event loop. Belongs to the loop's owner.
 */
final class LoopTimers {

	private final PriorityQueue<LoopTimer> timers = new PriorityQueue<>();

	/**
	 * Run a task after a delay.
	 * @param delayNanos the delay in nanoseconds; one of more than some decades is
	 * shortened, so that timers can be compared
	 * @param task the task; must not block
	 * @return the timer, for {@link #cancel}
	 */
	LoopTimer schedule(long delayNanos, Runnable task) {
		LoopTimer timer = new LoopTimer(System.nanoTime() + Math.min(delayNanos, Nanos.MAX), task);
		this.timers.add(timer);
		return timer;
	}

	/** Cancel a task, and release everything that it holds. */
	void cancel(LoopTimer timer) {
		this.timers.remove(timer);
	}

	/** Run what is due. */
	void run(long now) {
		LoopTimer timer = this.timers.peek();
		while (timer != null && timer.at() - now <= 0) {
			this.timers.remove();
			timer.run();
			timer = this.timers.peek();
		}
	}

	/**
	 * Return how long the loop may sleep.
	 * @return the time in milliseconds, rounded up; 0 if something is due, -1 for
	 * unlimited
	 */
	long timeoutMillis() {
		@Nullable LoopTimer timer = this.timers.peek();
		if (timer == null) {
			return -1;
		}
		long nanos = timer.at() - System.nanoTime();
		return (nanos <= 0) ? 0 : nanos / 1_000_000 + 1;
	}

}
