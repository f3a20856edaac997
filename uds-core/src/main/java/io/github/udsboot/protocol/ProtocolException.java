package io.github.udsboot.protocol;

import java.io.IOException;

/**
 * The peer sent bytes that the protocol does not allow and after which the frame
 * boundaries are lost: the connection must be closed.
 */
public class ProtocolException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what was wrong
	 */
	public ProtocolException(String message) {
		super(message);
	}

}
