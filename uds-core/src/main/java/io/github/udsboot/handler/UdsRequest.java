package io.github.udsboot.handler;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.UdsSession;
import io.github.udsboot.stream.ItemInput;

/**
 * A request on its way to a handler.
 *
 * @param route the route that was called
 * @param payload the payload, may be empty; belongs to the request, not copied
 * @param metadata the caller's metadata, in order
 * @param peer who calls
 * @param deadlineNanos the caller's deadline on the clock of {@link System#nanoTime()};
 * {@link #NO_DEADLINE} for none
 * @param session the session that the request is part of, {@code null} in a protocol
 * without sessions
 * @param items the items that the caller sends, {@code null} unless the handler takes any
 * @param attributes what interceptors have added to the headers, mostly nothing
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per message would cost too much
public record UdsRequest(String route, byte[] payload, Map<String, List<String>> metadata, PeerCredentials peer,
		long deadlineNanos, @Nullable UdsSession session, @Nullable ItemInput items, Map<String, Object> attributes) {

	/** Says that the caller waits for ever. */
	public static final long NO_DEADLINE = Long.MAX_VALUE;

	/**
	 * Create a request that is not part of a session.
	 * @param route the route that was called
	 * @param payload the payload
	 * @param metadata the caller's metadata
	 * @param peer who calls
	 * @param deadlineNanos the caller's deadline
	 */
	public UdsRequest(String route, byte[] payload, Map<String, List<String>> metadata, PeerCredentials peer,
			long deadlineNanos) {
		this(route, payload, metadata, peer, deadlineNanos, null, null, Map.of());
	}

	/**
	 * Create a request to which no interceptor has added anything.
	 * @param route the route that was called
	 * @param payload the payload
	 * @param metadata the caller's metadata
	 * @param peer who calls
	 * @param deadlineNanos the caller's deadline
	 * @param session the session that the request is part of, or {@code null}
	 */
	public UdsRequest(String route, byte[] payload, Map<String, List<String>> metadata, PeerCredentials peer,
			long deadlineNanos, @Nullable UdsSession session) {
		this(route, payload, metadata, peer, deadlineNanos, session, null, Map.of());
	}

	/**
	 * Make the same request with what interceptors have changed.
	 * @param payload the payload
	 * @param metadata the metadata
	 * @param attributes what is added to the headers
	 * @return a new request
	 */
	public UdsRequest with(byte[] payload, Map<String, List<String>> metadata, Map<String, Object> attributes) {
		return new UdsRequest(this.route, payload, metadata, this.peer, this.deadlineNanos, this.session, this.items,
				attributes);
	}

}
