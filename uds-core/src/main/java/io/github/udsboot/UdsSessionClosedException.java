package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The session is closed: nothing can be sent on it, and everything that had arrived has
 * been received.
 */
public class UdsSessionClosedException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsSessionClosedException(String message, @Nullable String socketPath, @Nullable Throwable cause) {
		super(Status.UNAVAILABLE, message, null, socketPath, cause);
	}

}
