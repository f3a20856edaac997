package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The connection was lost while the client waited for the answer: the call may or may not
 * have been executed. The client never repeats it on its own.
 */
public class UdsConnectionLostException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsConnectionLostException(String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(Status.UNAVAILABLE, message, route, socketPath, cause);
	}

}
