package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The server at the path is not one that the client expects there, so nothing was sent to
 * it. Waiting does not help: either another process has taken the path, or the client
 * expects the wrong user.
 */
public class UdsUnexpectedServerException extends UdsUnavailableException {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable PeerCredentials server;

	/**
	 * Create an exception.
	 * @param message what happened and what to do about it
	 * @param route the route that was called, or {@code null}
	 * @param socketPath the socket's path or abstract name, or {@code null}
	 * @param server who the server is
	 * @param cause the cause, or {@code null}
	 */
	public UdsUnexpectedServerException(String message, @Nullable String route, @Nullable String socketPath,
			PeerCredentials server, @Nullable Throwable cause) {
		super(message, route, socketPath, cause);
		this.server = server;
	}

	/**
	 * Return who the server is.
	 * @return the process that began to listen, as the kernel recorded it; {@code null}
	 * if this exception was serialized
	 */
	public @Nullable PeerCredentials getServer() {
		return this.server;
	}

}
