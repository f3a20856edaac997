package io.github.udsboot.protocol.ttrpc;

import io.github.udsboot.Status;

/**
 * The data of a frame cannot be accepted. Without a stack trace, as a hostile peer
 * decides how often it is thrown.
 */
final class EnvelopeException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Status status;

	private EnvelopeException(Status status, String message) {
		super(message, null, false, false);
		this.status = status;
	}

	/** The data is not a protobuf message, or not the expected one. */
	static EnvelopeException malformed(String message) {
		return new EnvelopeException(Status.INVALID_ARGUMENT, message);
	}

	/** The data exceeds a limit. */
	static EnvelopeException overLimit(String message) {
		return new EnvelopeException(Status.RESOURCE_EXHAUSTED, message);
	}

	Status status() {
		return this.status;
	}

	/** Return the message; there always is one. */
	String text() {
		return String.valueOf(getMessage());
	}

}
