package io.github.udsboot.interceptor;

import io.github.udsboot.Status;

/**
 * The outcome of a request, as a {@link UdsServerInterceptor} sees or decides it. Has no
 * metadata: no supported protocol sends any with a response.
 */
public interface UdsServerResponse {

	/**
	 * Return the status.
	 * @return the status, {@link Status#OK} if the request succeeded
	 */
	Status status();

	/**
	 * Return the message that tells the peer of a failure.
	 * @return the message, empty if there is none
	 */
	String message();

	/**
	 * Return the payload.
	 * @return the payload, may be empty; not a copy
	 */
	byte[] payload();

	/**
	 * Create the response to a request that succeeds.
	 * @param payload the payload, not copied
	 * @return the response
	 */
	static UdsServerResponse ok(byte[] payload) {
		return new MadeResponse(Status.OK, "", payload);
	}

	/**
	 * Create the response to a request that fails.
	 * @param status the status
	 * @param message a message that the peer may see
	 * @return the response
	 * @throws IllegalArgumentException if the status is {@link Status#OK}
	 */
	static UdsServerResponse failed(Status status, String message) {
		if (status == Status.OK) {
			throw new IllegalArgumentException("A failure cannot have the status OK");
		}
		return new MadeResponse(status, message, new byte[0]);
	}

}
