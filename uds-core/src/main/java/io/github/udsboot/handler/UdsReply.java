package io.github.udsboot.handler;

import java.util.List;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.interceptor.UdsServerResponse;

/**
 * The outcome of a request.
 *
 * @param status the status
 * @param message a message that the peer may see, empty when there is none
 * @param payload the payload, may be empty; not copied
 * @param silent whether there is nothing to answer, so that a protocol in which not every
 * message has an answer sends none
 * @param details what a failure says beside its message; a protocol without a place for
 * them leaves them out
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per message would cost too much
public record UdsReply(Status status, String message, byte[] payload, boolean silent,
		List<StatusDetail> details) implements UdsServerResponse {

	private static final byte[] EMPTY_PAYLOAD = {};

	private static final UdsReply SILENCE = new UdsReply(Status.OK, "", EMPTY_PAYLOAD, true);

	/**
	 * Create a reply without details.
	 * @param status the status
	 * @param message a message that the peer may see
	 * @param payload the payload, may be empty
	 * @param silent whether there is nothing to answer
	 */
	public UdsReply(Status status, String message, byte[] payload, boolean silent) {
		this(status, message, payload, silent, List.of());
	}

	/**
	 * Create the reply to a request that succeeded.
	 * @param payload the payload
	 * @return the reply
	 */
	public static UdsReply ok(byte[] payload) {
		return new UdsReply(Status.OK, "", payload, false);
	}

	/**
	 * Return the reply to a request that succeeded and has no answer.
	 * @return the reply
	 */
	public static UdsReply silence() {
		return SILENCE;
	}

	/**
	 * Create the reply to a request that failed.
	 * @param status the status
	 * @param message a message that the peer may see
	 * @return the reply
	 */
	public static UdsReply failed(Status status, String message) {
		return new UdsReply(status, message, EMPTY_PAYLOAD, false);
	}

	/**
	 * Create the reply to a request that failed.
	 * @param status the status
	 * @param message a message that the peer may see
	 * @param details what the peer may know beside the message
	 * @return the reply
	 */
	public static UdsReply failed(Status status, String message, List<StatusDetail> details) {
		return new UdsReply(status, message, EMPTY_PAYLOAD, false, details);
	}

}
