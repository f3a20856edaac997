package io.github.udsboot.handler;

import java.util.List;
import java.util.Map;

import io.github.udsboot.PeerCredentials;

/**
 * A request on its way to a handler.
 *
 * @param route the route that was called
 * @param payload the payload, may be empty; belongs to the request, not copied
 * @param metadata the caller's metadata, in order
 * @param peer who calls
 * @param deadlineNanos the caller's deadline on the clock of {@link System#nanoTime()};
 * {@link #NO_DEADLINE} for none
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per message would cost too much
public record UdsRequest(String route, byte[] payload, Map<String, List<String>> metadata, PeerCredentials peer,
		long deadlineNanos) {

	/** Says that the caller waits for ever. */
	public static final long NO_DEADLINE = Long.MAX_VALUE;

}
