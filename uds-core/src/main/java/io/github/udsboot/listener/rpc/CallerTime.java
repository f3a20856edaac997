package io.github.udsboot.listener.rpc;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.HostClock;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.protocol.HostTime;
import io.github.udsboot.protocol.RequestFrame;

/**
 * When the callers of requests give up. The time left when a request is written does not
 * account for the time that the request lies unread in a listener that was stopped; a
 * point on a clock shared by both sides does.
 */
final class CallerTime {

	private CallerTime() {
	}

	/**
	 * Return the deadline of a request.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @param sharesClock whether a shared clock was agreed with the peer
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

	/**
	 * Return the time after a delay, of some decades at most, so that deadlines can be
	 * compared.
	 */
	private static long after(long now, long nanos) {
		return now + Math.max(-Nanos.MAX, Math.min(nanos, Nanos.MAX));
	}

	/**
	 * Return the peer's time on this process's clock.
	 * @param now the time on that clock; a request was not made after it was read
	 * @return the peer's time, or {@code null} if it has another clock or none
	 */
	static @Nullable HostTime of(RequestFrame request, long now) {
		HostTime time = HostTime.of(request.metadata());
		return (time != null && time.clock().equals(HostClock.id()) && time.now() - now <= 0) ? time : null;
	}

}
