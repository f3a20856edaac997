package io.github.udsboot.connection;

import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

/**
 * What an event loop has to do later. Belongs to the loop's owner.
 */
final class LoopTimers {

	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	/**
	 * Run a task after a while.
	 * @param delayNanos the delay in nanoseconds
	 * @param task the task; must not block
	 */
	void schedule(long delayNanos, Runnable task) {
		this.timers.add(new Timer(System.nanoTime() + delayNanos, task));
	}

	/** Run what is due. */
	void run(long now) {
		Timer timer = this.timers.peek();
		while (timer != null && timer.at - now <= 0) {
			this.timers.remove();
			timer.task.run();
			timer = this.timers.peek();
		}
	}

	/**
	 * Return how long the loop may sleep.
	 * @return the time in milliseconds, rounded up; 0 if something is due, -1 for ever
	 */
	long timeoutMillis() {
		@Nullable Timer timer = this.timers.peek();
		if (timer == null) {
			return -1;
		}
		long nanos = timer.at - System.nanoTime();
		return (nanos <= 0) ? 0 : nanos / 1_000_000 + 1;
	}

	private record Timer(long at, Runnable task) implements Comparable<Timer> {

		@Override
		public int compareTo(Timer other) {
			return Long.signum(this.at - other.at);
		}

	}

}
