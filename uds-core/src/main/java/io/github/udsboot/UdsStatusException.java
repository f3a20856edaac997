package io.github.udsboot;

/**
 * Thrown by a handler to answer with a status and a message of its own. Both reach the
 * peer as they are.
 */
public class UdsStatusException extends UdsException {

	private static final long serialVersionUID = 1L;

	private final String peerMessage;

	/**
	 * Create an exception.
	 * @param status the status to answer with, not {@link Status#OK}
	 * @param message the message to answer with
	 */
	public UdsStatusException(Status status, String message) {
		super(status, message, null, null, null);
		if (status == Status.OK) {
			throw new IllegalArgumentException("A failure cannot have the status OK");
		}
		this.peerMessage = message;
	}

	/**
	 * Return the message for the peer.
	 * @return the message
	 */
	public String getPeerMessage() {
		return this.peerMessage;
	}

}
