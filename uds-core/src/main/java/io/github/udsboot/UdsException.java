package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * Root of the exceptions that a call over a Unix domain socket can end with. There is one
 * subclass per kind of failure; all are unchecked.
 */
public class UdsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Status status;

	private final @Nullable String route;

	private final @Nullable String socketPath;

	/**
	 * Create an exception.
	 * @param status the status of the call
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null} if no call is involved
	 * @param socketPath the socket's path or abstract name, or {@code null} if unknown
	 * @param cause the cause, or {@code null}
	 */
	public UdsException(Status status, String message, @Nullable String route, @Nullable String socketPath,
			@Nullable Throwable cause) {
		super(describe(status, message, route, socketPath), cause);
		this.status = status;
		this.route = route;
		this.socketPath = socketPath;
	}

	private static String describe(Status status, String message, @Nullable String route, @Nullable String socketPath) {
		StringBuilder text = new StringBuilder().append(status);
		if (route != null) {
			text.append(" calling '").append(route).append("'");
		}
		if (socketPath != null) {
			text.append(" on '").append(socketPath).append("'");
		}
		return text.append(": ").append(message).toString();
	}

	/**
	 * Return the status of the call.
	 * @return the status, never {@link Status#OK}
	 */
	public Status getStatus() {
		return this.status;
	}

	/**
	 * Return the route that was called.
	 * @return the route, or {@code null} if no call is involved
	 */
	public @Nullable String getRoute() {
		return this.route;
	}

	/**
	 * Return the path or the abstract name of the socket.
	 * @return the path, or {@code null} if unknown
	 */
	public @Nullable String getSocketPath() {
		return this.socketPath;
	}

}
