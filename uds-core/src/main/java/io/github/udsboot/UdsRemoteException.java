package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * The server answered with a status other than {@link Status#OK}.
 */
public class UdsRemoteException extends UdsException {

	private static final long serialVersionUID = 1L;

	private final String remoteMessage;

	/**
	 * Create an exception.
	 * @param status the status that the server answered
	 * @param remoteMessage the message that the server answered, may be empty
	 * @param route the route that was called
	 * @param socketPath the socket's path or abstract name
	 */
	public UdsRemoteException(Status status, String remoteMessage, @Nullable String route,
			@Nullable String socketPath) {
		super(status, remoteMessage.isEmpty() ? "the server gave no message" : remoteMessage, route, socketPath, null);
		this.remoteMessage = remoteMessage;
	}

	/**
	 * Return the message as the server sent it.
	 * @return the message, may be empty
	 */
	public String getRemoteMessage() {
		return this.remoteMessage;
	}

}
