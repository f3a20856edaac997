package io.github.udsboot.listener.rpc;

import java.util.concurrent.TimeUnit;

/**
 * Limits how many PINGs of one connection are answered per second. They do not count as
 * requests, so no other limit applies to them, and they cost their sender next to
 * nothing. Belongs to the loop's owner.
 */
final class PingLimit {

	/** The PINGs answered per second; an honest peer sends one occasionally. */
	static final int PINGS = 100;

	private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

	private long windowStart;

	private int count;

	/**
	 * Count a PING.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @return the nanoseconds for which to stop reading, 0 for none
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
