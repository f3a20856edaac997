package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * A payload could not be converted by the client. What was to be sent has the status
 * {@link Status#INVALID_ARGUMENT}, and was not; an answer that has arrived and is not of
 * the type asked for has {@link Status#INTERNAL}, and the call was executed.
 */
public class UdsConversionException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception for a payload that was not sent.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsConversionException(String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		this(Status.INVALID_ARGUMENT, message, route, socketPath, cause);
	}

	/**
	 * Create an exception.
	 * @param status {@link Status#INVALID_ARGUMENT} for what was to be sent,
	 * {@link Status#INTERNAL} for what has arrived
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsConversionException(Status status, String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(status, message, route, socketPath, cause);
	}

}
