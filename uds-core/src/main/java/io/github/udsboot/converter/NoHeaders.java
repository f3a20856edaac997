package io.github.udsboot.converter;

import org.springframework.messaging.MessageHeaders;

/**
 * The headers of a message that is made only to be read: none, not even an id or a
 * timestamp.
 */
final class NoHeaders extends MessageHeaders {

	static final MessageHeaders INSTANCE = new NoHeaders();

	private static final long serialVersionUID = 1L;

	private NoHeaders() {
		super(null, ID_VALUE_NONE, -1L);
	}

}
