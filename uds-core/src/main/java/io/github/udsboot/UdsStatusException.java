package io.github.udsboot;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler to answer with a status, a message and details of its own. All
 * three reach the peer unchanged; a cause does not, it is for the log.
 */
public class UdsStatusException extends UdsException {

	private static final long serialVersionUID = 1L;

	private final String peerMessage;

	private final StatusDetail[] details;

	/**
	 * Create an exception without details.
	 * @param status the status to answer with, not {@link Status#OK}
	 * @param message the message to answer with
	 */
	public UdsStatusException(Status status, String message) {
		this(status, message, List.of());
	}

	/**
	 * Create an exception.
	 * @param status the status to answer with, not {@link Status#OK}
	 * @param message the message to answer with
	 * @param details the details to answer with, if the protocol supports them. Those of
	 * one answer may take 64 KiB in total and must fit a frame; otherwise the peer gets
	 * none of them
	 */
	public UdsStatusException(Status status, String message, List<StatusDetail> details) {
		this(status, message, details, null);
	}

	/**
	 * Create an exception with a cause.
	 * @param status the status to answer with, not {@link Status#OK}
	 * @param message the message to answer with
	 * @param details the details to answer with, if the protocol supports them
	 * @param cause the cause, which the peer does not see, or {@code null}
	 */
	public UdsStatusException(Status status, String message, List<StatusDetail> details, @Nullable Throwable cause) {
		super(status, message, null, null, cause);
		if (status == Status.OK) {
			throw new IllegalArgumentException("A failure cannot have the status OK");
		}
		this.peerMessage = message;
		this.details = details.toArray(StatusDetail[]::new);
	}

	/**
	 * Return the message for the peer.
	 * @return the message
	 */
	public String getPeerMessage() {
		return this.peerMessage;
	}

	/**
	 * Return the details for the peer.
	 * @return the details, may be empty; unmodifiable
	 */
	public List<StatusDetail> getDetails() {
		return List.of(this.details);
	}

}
