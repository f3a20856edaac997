package io.github.udsboot.listener.rpc;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.HostClock;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.protocol.HostTime;
import io.github.udsboot.protocol.RequestFrame;

/**
 * When the callers of requests give up. What is left of a deadline when a request is
 * written says nothing of the time that it lies unread, in a listener that was stopped; a
 * point on a clock that both sides have does.
 */
final class CallerTime {

	private CallerTime() {
	}

	/**
	 * Return the deadline of a request.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @param sharesClock whether this was agreed with the peer
	 * @return the deadline on that clock, or {@link UdsRequest#NO_DEADLINE}
	 */
	static long deadline(RequestFrame request, long now, boolean sharesClock) {
		long timeout = request.timeoutNanos();
		if (timeout == 0) {
			return UdsRequest.NO_DEADLINE;
		}
		if (request.onHostClock() && sharesClock) {
			return after(now, timeout - now);
		}
		if (request.betweenPeers()) {
			HostTime time = of(request, now);
			if (time != null && time.deadline() != HostTime.NO_DEADLINE) {
				return after(now, time.deadline() - now);
			}
		}
		return after(now, timeout);
	}

	/** Some decades, that deadlines may be compared. */
	private static long after(long now, long nanos) {
		return now + Math.max(-Nanos.MAX, Math.min(nanos, Nanos.MAX));
	}

	/**
	 * Return what a peer says of the time on our clock.
	 * @param now the time on it; a request was not made after it was read
	 * @return what it says, or {@code null} if it has another clock or none
	 */
	static @Nullable HostTime of(RequestFrame request, long now) {
		HostTime time = HostTime.of(request.metadata());
		return (time != null && time.clock().equals(HostClock.id()) && time.now() - now <= 0) ? time : null;
	}

}
