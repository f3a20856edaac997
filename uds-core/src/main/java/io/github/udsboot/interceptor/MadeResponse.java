package io.github.udsboot.interceptor;

import java.util.Objects;

import io.github.udsboot.Status;

/**
 * A response that an interceptor has created.
 *
 * @param status the status
 * @param message the message
 * @param payload the payload
 */
@SuppressWarnings("ArrayRecordComponent") // As in every other response
record MadeResponse(Status status, String message, byte[] payload) implements UdsServerResponse {

	MadeResponse {
		Objects.requireNonNull(status, "A response must have a status");
		Objects.requireNonNull(message, "A response must have a message, if an empty one");
		Objects.requireNonNull(payload, "A response must have a payload, if an empty one");
	}

}
