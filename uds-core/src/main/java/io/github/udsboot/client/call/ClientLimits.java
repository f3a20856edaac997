package io.github.udsboot.client.call;

import java.time.Duration;

/**
 * How much a client keeps for a server, and how long it tolerates its silence.
 *
 * @param outboundQueueSize the number of bytes waiting to be written to a connection
 * above which further calls wait
 * @param memory the number of bytes that may wait to be sent in requests that no thread
 * waits for
 * @param frameTimeout how long an answer may take from its first byte to its last, zero
 * for no limit
 * @param stallTimeout how long the server may read nothing although requests wait to be
 * written, or be silent although calls run out of time, zero for no limit
 */
public record ClientLimits(long outboundQueueSize, long memory, Duration frameTimeout, Duration stallTimeout) {

	/** The default limits. */
	public static final ClientLimits DEFAULTS = new ClientLimits(4 << 20, defaultMemory(), Duration.ofSeconds(10),
			Duration.ofSeconds(10));

	private static long defaultMemory() {
		return Runtime.getRuntime().maxMemory() / 8;
	}

}
