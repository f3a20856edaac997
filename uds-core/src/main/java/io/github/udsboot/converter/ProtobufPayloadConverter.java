package io.github.udsboot.converter;

import com.google.protobuf.UninitializedMessageException;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.converter.ProtobufMessageConverter;

/**
 * Converts protobuf messages, always in their binary form, whatever content type the peer
 * names.
 */
class ProtobufPayloadConverter extends ProtobufMessageConverter {

	ProtobufPayloadConverter() {
		setContentTypeResolver(null);
	}

	@Override
	protected Object convertFromInternal(Message<?> message, Class<?> targetClass, @Nullable Object hint) {
		try {
			return super.convertFromInternal(message, targetClass, hint);
		}
		catch (UninitializedMessageException ex) {
			throw new UnreadablePayloadException(String.join(", ", ex.getMissingFields()) + " missing", ex);
		}
		catch (MessageConversionException ex) {
			throw new UnreadablePayloadException("not a protobuf message of this type", ex);
		}
	}

	/**
	 * Return whether an empty payload is a message of this type, with all fields at their
	 * defaults. In a class of its own, since protobuf may be absent.
	 * @param type the type
	 * @return {@code true} for a protobuf message
	 */
	static boolean isMessage(Class<?> type) {
		return com.google.protobuf.Message.class.isAssignableFrom(type);
	}

}
