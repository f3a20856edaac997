package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The calling thread was interrupted, or the client was closed, while the call was in
 * progress. Unless the message says that it was not sent, it may have been executed.
 * After an interrupt the thread's interrupt flag is set.
 */
public class UdsCancelledException extends UdsException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param cause the cause, or {@code null}
	 */
	public UdsCancelledException(String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(Status.CANCELLED, message, route, socketPath, cause);
	}

}
