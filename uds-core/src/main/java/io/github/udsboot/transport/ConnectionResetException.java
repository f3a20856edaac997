package io.github.udsboot.transport;

import java.io.IOException;

/**
 * The peer has closed its socket and left something unread that was written to it. On a
 * Unix domain socket this overtakes nothing: whatever the peer had written was read
 * before.
 */
public class ConnectionResetException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param cause how the transport was told
	 */
	public ConnectionResetException(IOException cause) {
		super("Connection reset", cause);
	}

}
