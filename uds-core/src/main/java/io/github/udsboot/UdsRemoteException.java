package io.github.udsboot;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The server answered with a status other than {@link Status#OK}.
 */
public class UdsRemoteException extends UdsException {

	private static final long serialVersionUID = 1L;

	private final String remoteMessage;

	private final StatusDetail[] details;

	/**
	 * Create an exception without details.
	 * @param status the status that the server answered
	 * @param remoteMessage the message that the server answered, may be empty
	 * @param route the route that was called
	 * @param socketPath the socket's path or abstract name
	 */
	public UdsRemoteException(Status status, String remoteMessage, @Nullable String route,
			@Nullable String socketPath) {
		this(status, remoteMessage, List.of(), route, socketPath);
	}

	/**
	 * Create an exception.
	 * @param status the status that the server answered
	 * @param remoteMessage the message that the server answered, may be empty
	 * @param details the details that the server answered
	 * @param route the route that was called
	 * @param socketPath the socket's path or abstract name
	 */
	public UdsRemoteException(Status status, String remoteMessage, List<StatusDetail> details, @Nullable String route,
			@Nullable String socketPath) {
		super(status, remoteMessage.isEmpty() ? "the server gave no message" : remoteMessage, route, socketPath, null);
		this.remoteMessage = remoteMessage;
		this.details = details.toArray(StatusDetail[]::new);
	}

	/**
	 * Return the message as the server sent it.
	 * @return the message, may be empty
	 */
	public String getRemoteMessage() {
		return this.remoteMessage;
	}

	/**
	 * Return the details as the server sent them: what they say depends on its handler.
	 * @return the details, in order, perhaps none; unmodifiable
	 */
	public List<StatusDetail> getDetails() {
		return List.of(this.details);
	}

}
