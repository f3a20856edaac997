package io.github.udsboot.handler.failure;

import org.springframework.messaging.converter.MessageConversionException;

/**
 * An item that the caller has sent is not what the handler asks for. Thrown where the
 * handler takes the item; the message is for the caller.
 */
public final class UnreadableItemException extends MessageConversionException {

	private static final long serialVersionUID = 1L;

	public UnreadableItemException(String message, Exception cause) {
		super(message, cause);
	}

}
