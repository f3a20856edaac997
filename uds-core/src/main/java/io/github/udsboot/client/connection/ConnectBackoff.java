package io.github.udsboot.client.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.Nanos;
import io.github.udsboot.transport.ConnectFailedException;

/**
 * Decides when the next attempt to connect is due, for all callers together: a crowd that
 * waits for a server makes no more attempts than a single caller. Guarded by the
 * factory's lock.
 */
public final class ConnectBackoff {

	private final long initialBackoff;

	private final long maxBackoff;

	private long backoff;

	private long failedAt;

	private long nextAttempt;

	private @Nullable ConnectFailedException failure;

	public ConnectBackoff(Duration initialBackoff, Duration maxBackoff) {
		this.initialBackoff = Nanos.of(initialBackoff);
		this.maxBackoff = Nanos.of(maxBackoff);
		this.backoff = this.initialBackoff;
	}

	/** Return the failure of the last attempt; {@code null} if it succeeded. */
	public @Nullable ConnectFailedException failure() {
		return this.failure;
	}

	public boolean isDue(long now) {
		return this.failure == null || now - this.nextAttempt >= 0;
	}

	/**
	 * Return whether a new caller may try out of turn, as the last failure says little
	 * now.
	 */
	public boolean isStale(long now) {
		return this.failure == null || now - this.failedAt >= this.initialBackoff;
	}

	public void succeeded() {
		this.failure = null;
		this.backoff = this.initialBackoff;
	}

	public void failed(ConnectFailedException failure, long now) {
		boolean due = isDue(now);
		this.failure = failure;
		this.failedAt = now;
		if (due) {
			this.nextAttempt = now + jitter(this.backoff);
			this.backoff = grown(this.backoff, 1);
		}
	}

	/** Return how long to wait after the given number of attempts at a call. */
	public long backoffNanos(int attempts) {
		return jitter(grown(this.initialBackoff, Math.min(attempts, 16)));
	}

	/** Double the given number of times, without overflow, up to the longest back-off. */
	private long grown(long backoff, int times) {
		return (backoff <= this.maxBackoff >> times) ? backoff << times : this.maxBackoff;
	}

	public long maxBackoffNanos() {
		return this.maxBackoff;
	}

	private static long jitter(long nanos) {
		return (nanos > 1) ? nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1) : nanos;
	}

}
