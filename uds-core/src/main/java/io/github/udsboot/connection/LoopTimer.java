package io.github.udsboot.connection;

/**
 * A task that an event loop runs later, unless it is cancelled first.
 */
public final class LoopTimer implements Comparable<LoopTimer> {

	private final long at;

	private final Runnable task;

	LoopTimer(long at, Runnable task) {
		this.at = at;
		this.task = task;
	}

	long at() {
		return this.at;
	}

	void run() {
		this.task.run();
	}

	@Override
	@SuppressWarnings("ComparableType") // two timers for the same moment are still two
	public int compareTo(LoopTimer other) {
		return Long.signum(this.at - other.at);
	}

}
