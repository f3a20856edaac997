package io.github.udsboot.protocol;

import java.util.List;
import java.util.Map;

/**
 * A call.
 *
 * @param streamId the stream id
 * @param route the dotted route
 * @param payload the payload, may be empty; not copied
 * @param timeoutNanos what is left of the caller's deadline, in nanoseconds; 0 for none
 * @param metadata the caller's metadata, in order, a key may have several values
 * @param kind whether items may follow, from either side
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per call would cost too much
public record RequestFrame(long streamId, String route, byte[] payload, long timeoutNanos,
		Map<String, List<String>> metadata, Kind kind) implements Frame {

	/**
	 * Create a call that wants one answer.
	 * @param streamId the stream id
	 * @param route the dotted route
	 * @param payload the payload, may be empty
	 * @param timeoutNanos what is left of the caller's deadline; 0 for none
	 * @param metadata the caller's metadata
	 */
	public RequestFrame(long streamId, String route, byte[] payload, long timeoutNanos,
			Map<String, List<String>> metadata) {
		this(streamId, route, payload, timeoutNanos, metadata, Kind.UNARY);
	}

	/** What may follow a request on its stream. */
	public enum Kind {

		/** One answer. */
		UNARY,

		/** Items from the server; none from the client. */
		STREAM,

		/** Items from the client, and perhaps from the server. */
		OPEN_STREAM

	}

}
