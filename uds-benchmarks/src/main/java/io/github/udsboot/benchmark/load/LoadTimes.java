package io.github.udsboot.benchmark.load;

/**
 * When calls begin and cease to count, on the clock of {@link System#nanoTime()} or a
 * test.
 *
 * @param begin the first moment that counts
 * @param end the first moment that does not
 */
record LoadTimes(long begin, long end) {

	static LoadTimes starting(long now, Load load) {
		long begin = now + load.warmUp().toNanos();
		return new LoadTimes(begin, begin + load.time().toNanos());
	}

	boolean isOver(long now) {
		return now - this.end >= 0;
	}

	boolean hasBegun(long now) {
		return now - this.begin >= 0;
	}

	/** Whether a call began and ended in the time that counts. */
	boolean covers(long callBegin, long callEnd) {
		return hasBegun(callBegin) && !isOver(callEnd);
	}

	double seconds() {
		return (this.end - this.begin) / 1e9;
	}

}
