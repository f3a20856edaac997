package io.github.udsboot.interceptor;

import java.util.Objects;

/**
 * The answer to a call that succeeded, as a {@link UdsClientInterceptor} sees or creates
 * it. Has no metadata: no supported protocol sends any with a response.
 *
 * @param payload the payload, may be empty; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per answer would cost too much
public record UdsClientResponse(byte[] payload) {

	/**
	 * Create a response.
	 */
	public UdsClientResponse {
		Objects.requireNonNull(payload, "A response must have a payload, if an empty one");
	}

}
