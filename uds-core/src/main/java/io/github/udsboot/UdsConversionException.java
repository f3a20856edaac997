package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The client could not convert a payload. The status is {@link Status#INVALID_ARGUMENT}
 * for a payload to be sent, which was not sent. It is {@link Status#INTERNAL} for an
 * answer that is not of the requested type; that call was executed.
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
	 * @param status {@link Status#INVALID_ARGUMENT} for a payload to be sent,
	 * {@link Status#INTERNAL} for a received one
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
