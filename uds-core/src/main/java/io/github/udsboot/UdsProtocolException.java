package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The peer sent an answer that the protocol does not allow.
 */
public class UdsProtocolException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsProtocolException(String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(Status.INTERNAL, message, route, socketPath, cause);
	}

}
