package io.github.udsboot.connection;

import java.time.Duration;

import io.github.udsboot.guard.Nanos;

/**
 * How long a peer may take. A zero or negative duration switches a clock off.
 *
 * @param firstFrame from the connect to the end of the first valid frame, default 5 s
 * @param frame from the first byte of a frame to its last while bytes are wanted, default
 * 10 s
 * @param stall without reading anything while bytes wait for the peer, default 10 s
 * @param streamStall the same while the connection is dedicated to one stream, whose
 * receiver may take its time; default off
 * @param idle without any frame and without a call under way, default off
 */
public record ConnectionClocks(Duration firstFrame, Duration frame, Duration stall, Duration streamStall,
		Duration idle) {

	/** The default clocks. */
	public static final ConnectionClocks DEFAULTS = new ConnectionClocks(Duration.ofSeconds(5), Duration.ofSeconds(10),
			Duration.ofSeconds(10), Duration.ZERO, Duration.ZERO);

	/**
	 * Create clocks, with none for streams that have a connection of their own.
	 * @param firstFrame from the connect to the end of the first valid frame
	 * @param frame from the first byte of a frame to its last while bytes are wanted
	 * @param stall without reading anything while bytes wait for the peer
	 * @param idle without any frame and without a call under way
	 */
	public ConnectionClocks(Duration firstFrame, Duration frame, Duration stall, Duration idle) {
		this(firstFrame, frame, stall, Duration.ZERO, idle);
	}

	/**
	 * Return how often to check the clocks.
	 * @return the interval in nanoseconds: a quarter of the shortest clock, between 10 ms
	 * and 500 ms
	 */
	long sweepNanos() {
		long shortest = Long.MAX_VALUE;
		for (Duration clock : new Duration[] { this.firstFrame, this.frame, this.stall, this.streamStall, this.idle }) {
			if (isOn(clock)) {
				shortest = Math.min(shortest, Nanos.of(clock));
			}
		}
		return Math.max(10_000_000L, Math.min(500_000_000L, shortest / 4));
	}

	static boolean isOn(Duration clock) {
		return Nanos.of(clock) > 0;
	}

	static boolean expired(Duration clock, long since, long now) {
		return isOn(clock) && now - since >= Nanos.of(clock);
	}

}
