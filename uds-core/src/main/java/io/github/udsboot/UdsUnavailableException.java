package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The call was certainly not executed: no server could be reached in time, or the server
 * refused the call before any handler saw it. Calling again is safe.
 */
public class UdsUnavailableException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsUnavailableException(String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(Status.UNAVAILABLE, message, route, socketPath, cause);
	}

}
