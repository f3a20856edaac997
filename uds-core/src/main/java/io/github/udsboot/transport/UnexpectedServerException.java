package io.github.udsboot.transport;

import io.github.udsboot.PeerCredentials;

/**
 * The server that accepts connections at an address is not one that the client expects
 * there. Nothing was sent to it.
 */
public class UnexpectedServerException extends ConnectFailedException {

	private static final long serialVersionUID = 1L;

	private final transient PeerCredentials server;

	/**
	 * Create an exception.
	 * @param message who the server is, who was expected, and the remedy
	 * @param server the server
	 */
	public UnexpectedServerException(String message, PeerCredentials server) {
		super(Reason.UNEXPECTED_SERVER, message, null);
		this.server = server;
	}

	/**
	 * Return who the server is.
	 * @return the process that began to listen, as the kernel recorded it
	 */
	public PeerCredentials server() {
		return this.server;
	}

}
