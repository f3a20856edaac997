package io.github.udsboot.client.call;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsDeadline;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.transport.UdsAddress;

/**
 * Decides when calls must be over: after their timeout, or with the request that they are
 * made for, whichever comes first.
 */
public final class CallDeadlines {

	private CallDeadlines() {
	}

	/**
	 * Return the deadline of a call.
	 * @param timeout the timeout of the call
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @param route the route of the call, for messages
	 * @param address the address of the socket, for messages
	 * @return the deadline on that clock
	 * @throws UdsDeadlineExceededException if it has already passed
	 */
	public static long after(Duration timeout, long now, @Nullable String route, UdsAddress address) {
		long deadline = now + Nanos.of(timeout);
		UdsDeadline outer = UdsDeadline.current();
		if (outer == null || outer.nanoTime() - deadline >= 0) {
			return deadline;
		}
		if (outer.nanoTime() - now <= 0) {
			throw new UdsDeadlineExceededException(
					"The deadline of the request that is being handled has passed; the call was not sent", route,
					address.toString(), null);
		}
		return outer.nanoTime();
	}

}
