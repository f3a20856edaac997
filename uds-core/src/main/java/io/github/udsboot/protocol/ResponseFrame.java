package io.github.udsboot.protocol;

import java.util.List;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;

/**
 * The single answer to a call.
 *
 * @param streamId the stream id of the request
 * @param status the outcome
 * @param message a message for the caller, empty if there is none
 * @param payload the payload, may be empty; not copied
 * @param undispatched whether the server says that no handler has seen the request
 * @param details the details of a failure, in addition to its message
 */
public record ResponseFrame(long streamId, Status status, String message, byte[] payload, boolean undispatched,
		List<StatusDetail> details) implements Frame {

	private static final byte[] EMPTY_PAYLOAD = {};

	/**
	 * Create an answer without details.
	 * @param streamId the stream id of the request
	 * @param status the outcome
	 * @param message a message for the caller
	 * @param payload the payload, may be empty
	 * @param undispatched whether no handler has seen the request
	 */
	public ResponseFrame(long streamId, Status status, String message, byte[] payload, boolean undispatched) {
		this(streamId, status, message, payload, undispatched, List.of());
	}

	/**
	 * Create the answer to a call that succeeded.
	 * @param streamId the stream id of the request
	 * @param payload the payload, may be empty
	 * @return the answer
	 */
	public static ResponseFrame ok(long streamId, byte[] payload) {
		return new ResponseFrame(streamId, Status.OK, "", payload, false);
	}

	/**
	 * Create the answer to a call that a handler may have seen and that failed.
	 * @param streamId the stream id of the request
	 * @param status the outcome
	 * @param message a message for the caller
	 * @return the answer
	 */
	public static ResponseFrame failed(long streamId, Status status, String message) {
		return new ResponseFrame(streamId, status, message, EMPTY_PAYLOAD, false);
	}

	/**
	 * Create the answer to a call that was refused before any handler saw it.
	 * @param streamId the stream id of the request
	 * @param status the outcome
	 * @param message a message for the caller
	 * @return the answer, marked so that the caller may safely call again
	 */
	public static ResponseFrame refused(long streamId, Status status, String message) {
		return new ResponseFrame(streamId, status, message, EMPTY_PAYLOAD, true);
	}

}
