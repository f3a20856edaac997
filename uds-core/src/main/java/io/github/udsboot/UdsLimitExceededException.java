package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The request exceeds a limit of the client and was not sent.
 */
public class UdsLimitExceededException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsLimitExceededException(String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(Status.RESOURCE_EXHAUSTED, message, route, socketPath, cause);
	}

}
