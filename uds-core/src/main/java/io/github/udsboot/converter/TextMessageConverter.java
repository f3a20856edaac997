package io.github.udsboot.converter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.messaging.converter.MessageConversionException;

/**
 * Converts a {@code String} as strict UTF-8: malformed text is refused in both directions
 * and never replaced by another character.
 */
class TextMessageConverter extends AbstractMessageConverter {

	private static final char REPLACEMENT_CHARACTER = '\uFFFD';

	@Override
	protected boolean supports(Class<?> type) {
		return type == String.class;
	}

	@Override
	protected @Nullable Object convertFromInternal(Message<?> message, Class<?> targetClass, @Nullable Object hint) {
		return (message.getPayload() instanceof byte[] bytes) ? decode(bytes) : message.getPayload();
	}

	@Override
	protected @Nullable Object convertToInternal(Object payload, @Nullable MessageHeaders headers,
			@Nullable Object hint) {
		return encode((String) payload);
	}

	static String decode(byte[] bytes) {
		String text = new String(bytes, StandardCharsets.UTF_8);
		// Only a text with the replacement character can have been malformed, and that
		// character may also have been sent: in that case the slow decoder decides.
		if (text.indexOf(REPLACEMENT_CHARACTER) >= 0) {
			try {
				StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			}
			catch (CharacterCodingException ex) {
				throw new UnreadablePayloadException("not valid UTF-8", ex);
			}
		}
		return text;
	}

	static byte[] encode(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		// An unpaired surrogate becomes a question mark; searching for one in a Latin-1
		// string is vectorised, searching in an array is not.
		boolean suspect = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('?') >= 0;
		if (suspect && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
			throw new MessageConversionException("The text has an unpaired surrogate, which UTF-8 cannot express");
		}
		return bytes;
	}

}
