package io.github.udsboot.client.call;

import java.time.Duration;

/**
 * What a client keeps for a server, and how long it puts up with one.
 *
 * @param outboundQueueSize with more than this many bytes waiting to be written to a
 * connection, further calls wait
 * @param memory how many bytes of requests may wait to be sent that no thread waits for
 * @param frameTimeout how long an answer may take from its first byte to its last, zero
 * for any time
 * @param stallTimeout how long the server may read nothing though requests wait to be
 * written, or be silent though calls run out of time, zero for any time
 */
public record ClientLimits(long outboundQueueSize, long memory, Duration frameTimeout, Duration stallTimeout) {

	/** What holds unless something else is said. */
	public static final ClientLimits DEFAULTS = new ClientLimits(4 << 20, defaultMemory(), Duration.ofSeconds(10),
			Duration.ofSeconds(10));

	private static long defaultMemory() {
		return Runtime.getRuntime().maxMemory() / 8;
	}

}
