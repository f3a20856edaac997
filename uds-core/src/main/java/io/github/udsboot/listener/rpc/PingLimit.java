package io.github.udsboot.listener.rpc;

import java.util.concurrent.TimeUnit;

/**
 * Bounds how many PINGs of one connection are answered in a second. They count as no
 * requests, so no other limit concerns them, and they cost their sender next to nothing.
 * Belongs to the loop's owner.
 */
final class PingLimit {

	/** Of an honest peer there is one in a while. */
	static final int PINGS = 100;

	private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

	private long windowStart;

	private int count;

	/**
	 * Count a PING.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @return for how many nanoseconds to read no further, 0 for none
	 */
	long count(long now) {
		long past = now - this.windowStart;
		if (this.count == 0 || past >= WINDOW_NANOS) {
			this.windowStart = now;
			this.count = 1;
			return 0;
		}
		this.count++;
		return (this.count >= PINGS) ? WINDOW_NANOS - past : 0;
	}

}
