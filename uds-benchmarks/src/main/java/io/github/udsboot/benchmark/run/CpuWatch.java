package io.github.udsboot.benchmark.run;

import java.time.Duration;

/**
 * Watches how much of a processor processes take.
 */
final class CpuWatch {

	private CpuWatch() {
	}

	/** What the compiler and the collector still have to do after a load. */
	static final Duration SETTLING = Duration.ofSeconds(3);

	/**
	 * Watch processes for a time, once they have settled.
	 * @return what they took of one processor, in percent
	 */
	static double percent(Duration time, long... pids) {
		sleep(SETTLING);
		Duration before = sum(pids);
		long begin = System.nanoTime();
		sleep(time);
		return 100.0 * sum(pids).minus(before).toNanos() / (System.nanoTime() - begin);
	}

	private static void sleep(Duration time) {
		try {
			Thread.sleep(time.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while processes are watched", ex);
		}
	}

	private static Duration sum(long... pids) {
		Duration sum = Duration.ZERO;
		for (long pid : pids) {
			sum = sum.plus(ProcessFigures.cpu(pid));
		}
		return sum;
	}

}
