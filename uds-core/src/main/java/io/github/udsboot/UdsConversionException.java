package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * A payload could not be converted by the client: the request was not sent, or the answer
 * has arrived but does not fit the requested type.
 */
public class UdsConversionException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsConversionException(String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(Status.INVALID_ARGUMENT, message, route, socketPath, cause);
	}

}
