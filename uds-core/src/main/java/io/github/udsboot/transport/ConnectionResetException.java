package io.github.udsboot.transport;

import java.io.IOException;

/**
 * The peer has closed its socket without reading everything that was written to it. On a
 * Unix domain socket this overtakes nothing: everything that the peer had written has
 * been read before.
 */
public class ConnectionResetException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param cause the exception that the transport got
	 */
	public ConnectionResetException(IOException cause) {
		super("Connection reset", cause);
	}

}
