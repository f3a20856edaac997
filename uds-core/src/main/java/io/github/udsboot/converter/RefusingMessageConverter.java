package io.github.udsboot.converter;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConverter;

/**
 * The last converter of the chain: fails clearly for a type that none of the others
 * supports.
 */
class RefusingMessageConverter implements MessageConverter {

	private final String remedy;

	/**
	 * Create a converter.
	 * @param json whether JSON is among the other converters
	 */
	RefusingMessageConverter(boolean json) {
		this.remedy = json ? "use a type that JSON can express, or add a converter for it"
				: "put Jackson 3 (tools.jackson.core:jackson-databind) on the class path to have it as JSON, "
						+ "or add a converter for it; Java serialization is never used";
	}

	@Override
	public @Nullable Object fromMessage(Message<?> message, Class<?> targetClass) {
		throw refuse("read", targetClass);
	}

	@Override
	public @Nullable Message<?> toMessage(Object payload, @Nullable MessageHeaders headers) {
		throw refuse("write", payload.getClass());
	}

	private UnsupportedPayloadTypeException refuse(String verb, Class<?> type) {
		return new UnsupportedPayloadTypeException(
				"No converter can " + verb + " " + type.getTypeName() + ": " + this.remedy);
	}

}
