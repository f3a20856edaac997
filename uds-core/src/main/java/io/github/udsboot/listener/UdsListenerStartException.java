package io.github.udsboot.listener;

/**
 * A listener could not start. The cause tells why.
 */
public class UdsListenerStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what could not be started and why
	 * @param cause the cause
	 */
	public UdsListenerStartException(String message, Throwable cause) {
		super(message, cause);
	}

}
