package io.github.udsboot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties for how a listener stops.
 */
public class UdsDrainProperties {

	/**
	 * How long a stop waits for calls, '0' to answer them at once with UNAVAILABLE. By
	 * default, and at most, 'spring.lifecycle.timeout-per-shutdown-phase'; '0' if
	 * 'server.shutdown' is 'immediate'.
	 */
	private @Nullable Duration timeout;

	/**
	 * How long a stop waits for what has no end of its own, streams without a timeout and
	 * sessions that are with a handler, before they are ended with UNAVAILABLE. Never
	 * longer than for calls.
	 */
	private Duration streamTimeout = Duration.ofSeconds(5);

	public @Nullable Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(@Nullable Duration timeout) {
		this.timeout = timeout;
	}

	public Duration getStreamTimeout() {
		return this.streamTimeout;
	}

	public void setStreamTimeout(Duration streamTimeout) {
		this.streamTimeout = streamTimeout;
	}

}
