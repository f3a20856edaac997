package io.github.udsboot.converter;

import org.springframework.messaging.converter.MessageConversionException;

/**
 * No converter can handle a type at all, whatever the payload: an error in the program
 * that names the type, never in its peer.
 */
public class UnsupportedPayloadTypeException extends MessageConversionException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message which type is not supported, and the remedy
	 */
	public UnsupportedPayloadTypeException(String message) {
		super(message);
	}

	/**
	 * Create an exception.
	 * @param message which type is not supported, and the remedy
	 * @param cause the reason
	 */
	public UnsupportedPayloadTypeException(String message, Throwable cause) {
		super(message, cause);
	}

}
