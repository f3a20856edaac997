package io.github.udsboot.protocol;

import java.util.List;
import java.util.Map;

/**
 * A call.
 *
 * @param streamId the stream id
 * @param route the dotted route
 * @param payload the payload, may be empty; not copied
 * @param timeoutNanos the time left until the caller's deadline, in nanoseconds; 0 for
 * none
 * @param metadata the caller's metadata, in order; a key may have several values
 * @param kind what may follow on the stream
 * @param betweenPeers whether metadata entries with the names that peers use among
 * themselves are the sender's own, and not passed on by it from another peer
 * @param onHostClock whether {@code timeoutNanos} is the deadline itself, on the clock of
 * the host, as peers have agreed ({@link Extension#DEADLINE})
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per call would cost too much
public record RequestFrame(long streamId, String route, byte[] payload, long timeoutNanos,
		Map<String, List<String>> metadata, Kind kind, boolean betweenPeers, boolean onHostClock) implements Frame {

	/**
	 * Create a call whose remaining time is known.
	 * @param streamId the stream id
	 * @param route the dotted route
	 * @param payload the payload, may be empty
	 * @param timeoutNanos the time left until the caller's deadline, in nanoseconds; 0
	 * for none
	 * @param metadata the caller's metadata
	 * @param kind what may follow on the stream
	 * @param betweenPeers whether entries that peers use among themselves are the
	 * sender's own
	 */
	public RequestFrame(long streamId, String route, byte[] payload, long timeoutNanos,
			Map<String, List<String>> metadata, Kind kind, boolean betweenPeers) {
		this(streamId, route, payload, timeoutNanos, metadata, kind, betweenPeers, false);
	}

	/**
	 * Create a call with a single answer.
	 * @param streamId the stream id
	 * @param route the dotted route
	 * @param payload the payload, may be empty
	 * @param timeoutNanos the time left until the caller's deadline, in nanoseconds; 0
	 * for none
	 * @param metadata the caller's metadata
	 */
	public RequestFrame(long streamId, String route, byte[] payload, long timeoutNanos,
			Map<String, List<String>> metadata) {
		this(streamId, route, payload, timeoutNanos, metadata, Kind.UNARY, false);
	}

	/**
	 * Create a call whose metadata is that of the caller only.
	 * @param streamId the stream id
	 * @param route the dotted route
	 * @param payload the payload, may be empty
	 * @param timeoutNanos the time left until the caller's deadline, in nanoseconds; 0
	 * for none
	 * @param metadata the caller's metadata
	 * @param kind what may follow on the stream
	 */
	public RequestFrame(long streamId, String route, byte[] payload, long timeoutNanos,
			Map<String, List<String>> metadata, Kind kind) {
		this(streamId, route, payload, timeoutNanos, metadata, kind, false);
	}

	/** What may follow a request on its stream. */
	public enum Kind {

		/** One answer. */
		UNARY,

		/** One answer that the caller does not wait for. */
		ONE_WAY,

		/** Items from the server; none from the client. */
		STREAM,

		/** Items from the client, and possibly from the server. */
		OPEN_STREAM;

		/**
		 * Return whether items may follow.
		 * @return whether they may, from either side
		 */
		public boolean isStream() {
			return this == STREAM || this == OPEN_STREAM;
		}

	}

}
