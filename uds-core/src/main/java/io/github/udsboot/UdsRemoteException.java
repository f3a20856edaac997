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

	private final boolean undispatched;

	/**
	 * Create an exception without details.
	 * @param status the status that the server sent
	 * @param remoteMessage the message that the server sent, may be empty
	 * @param route the route that was called
	 * @param socketPath the socket's path or abstract name
	 */
	public UdsRemoteException(Status status, String remoteMessage, @Nullable String route,
			@Nullable String socketPath) {
		this(status, remoteMessage, List.of(), route, socketPath);
	}

	/**
	 * Create an exception for a call that a handler may have seen.
	 * @param status the status that the server sent
	 * @param remoteMessage the message that the server sent, may be empty
	 * @param details the details that the server sent
	 * @param route the route that was called
	 * @param socketPath the socket's path or abstract name
	 */
	public UdsRemoteException(Status status, String remoteMessage, List<StatusDetail> details, @Nullable String route,
			@Nullable String socketPath) {
		this(status, remoteMessage, details, false, route, socketPath);
	}

	/**
	 * Create an exception.
	 * @param status the status that the server sent
	 * @param remoteMessage the message that the server sent, may be empty
	 * @param details the details that the server sent
	 * @param undispatched whether the server says that no handler has seen the call
	 * @param route the route that was called
	 * @param socketPath the socket's path or abstract name
	 */
	public UdsRemoteException(Status status, String remoteMessage, List<StatusDetail> details, boolean undispatched,
			@Nullable String route, @Nullable String socketPath) {
		super(status, describe(remoteMessage, undispatched), route, socketPath, null);
		this.remoteMessage = remoteMessage;
		this.undispatched = undispatched;
		this.details = details.toArray(StatusDetail[]::new);
	}

	private static String describe(String remoteMessage, boolean undispatched) {
		String message = remoteMessage.isEmpty() ? "the server gave no message" : remoteMessage;
		return undispatched ? message + "; no handler has seen the call" : message;
	}

	/**
	 * Return whether the server says that no handler has seen the call. If so, the call
	 * was certainly not executed.
	 * @return {@code false} if it may have been executed
	 */
	public boolean isUndispatched() {
		return this.undispatched;
	}

	/**
	 * Return the message as the server sent it.
	 * @return the message, may be empty
	 */
	public String getRemoteMessage() {
		return this.remoteMessage;
	}

	/**
	 * Return the details as the server sent them; what they say is up to its handler.
	 * @return the details, in order, may be empty; unmodifiable
	 */
	public List<StatusDetail> getDetails() {
		return List.of(this.details);
	}

}
