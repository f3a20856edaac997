package io.github.udsboot.converter;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.converter.MessageConversionException;

/**
 * A payload is not what its type requires. The message is for the peer that has sent it,
 * and names the field or the place, such as {@code items[2].price is not a valid int}; it
 * never quotes the payload, nor names classes beyond the simple name of a type. Such
 * details are in the cause. A converter of the application may throw this to have its
 * message sent to the peer; the messages of other exceptions are not sent.
 */
public class UnreadablePayloadException extends MessageConversionException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what is wrong and in which field, for the peer
	 * @param cause the failure of the converter, or {@code null}
	 */
	public UnreadablePayloadException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
