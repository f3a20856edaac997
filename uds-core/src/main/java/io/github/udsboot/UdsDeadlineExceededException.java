package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The deadline passed before the answer came. Unless the message says that the call was
 * not sent, it may have been executed.
 */
public class UdsDeadlineExceededException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsDeadlineExceededException(String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(Status.DEADLINE_EXCEEDED, message, route, socketPath, cause);
	}

}
