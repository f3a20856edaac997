package io.github.udsboot.converter;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.MessageConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.ClassUtil;

/**
 * Converts everything else as JSON. Unlike Spring's converter it reads generic types that
 * no method parameter declares, and distinguishes a type that Jackson cannot handle from
 * a malformed payload.
 */
class JsonPayloadConverter extends JacksonJsonMessageConverter {

	JsonPayloadConverter() {
		setContentTypeResolver(null);
	}

	JsonPayloadConverter(JsonMapper mapper) {
		super(mapper);
		setContentTypeResolver(null);
	}

	@Override
	protected @Nullable Object convertFromInternal(Message<?> message, Class<?> targetClass, @Nullable Object hint) {
		if (message.getPayload() instanceof byte[] bytes && bytes.length == 0) {
			throw new UnreadablePayloadException("empty", null);
		}
		Object value;
		try {
			value = (hint instanceof Type type && message.getPayload() instanceof byte[] bytes) ? read(bytes, type)
					: super.convertFromInternal(message, targetClass, hint);
		}
		catch (MessageConversionException ex) {
			throw unreadable(ex, targetClass);
		}
		if (value == null) {
			// To Spring, null means that another converter should try
			throw new UnreadablePayloadException("null", null);
		}
		return value;
	}

	/**
	 * Check that there is a way to make objects of a type.
	 * @param type the type
	 * @throws UnsupportedPayloadTypeException if Jackson knows none
	 */
	void requireReadable(Type type) {
		try {
			requireReadable(getJsonMapper().constructType(type));
		}
		catch (JacksonException ex) {
			throw new UnsupportedPayloadTypeException(
					"Jackson cannot handle " + type.getTypeName() + ": " + ex.getOriginalMessage(), ex);
		}
	}

	private void requireReadable(JavaType type) {
		ValueDeserializer<?> deserializer = getJsonMapper()._deserializationContext().findRootValueDeserializer(type);
		if (getJsonMapper().deserializationConfig().getProblemHandlers() == null && isWithoutCreator(deserializer)) {
			throw new UnsupportedPayloadTypeException("Jackson cannot make a " + type.getRawClass().getName()
					+ ": it is abstract, or has no constructor for it");
		}
		if (type.isContainerType() && ClassUtil.isJacksonStdImpl(deserializer)) {
			requireReadable(type.getContentType());
		}
	}

	private static boolean isWithoutCreator(ValueDeserializer<?> deserializer) {
		return deserializer instanceof AbstractDeserializer
				|| (deserializer instanceof BeanDeserializerBase bean && !bean.getValueInstantiator().canInstantiate());
	}

	private @Nullable Object read(byte[] bytes, Type type) {
		try {
			return getJsonMapper().readValue(bytes, getJsonMapper().constructType(type));
		}
		catch (JacksonException ex) {
			throw new MessageConversionException("Could not read JSON: " + ex.getMessage(), ex);
		}
	}

	@Override
	protected @Nullable Object convertToInternal(Object payload, @Nullable MessageHeaders headers,
			@Nullable Object hint) {
		try {
			return super.convertToInternal(payload, headers, hint);
		}
		catch (MessageConversionException ex) {
			throw unwritable(ex, payload.getClass());
		}
	}

	private static MessageConversionException unreadable(MessageConversionException ex, Class<?> type) {
		if (ex.getCause() instanceof InvalidDefinitionException cause) {
			return unsupported(type, cause);
		}
		return (ex.getCause() instanceof JacksonException cause)
				? new UnreadablePayloadException(JsonProblem.describe(cause), cause) : ex;
	}

	private static MessageConversionException unwritable(MessageConversionException ex, Class<?> type) {
		if (ex.getCause() instanceof InvalidDefinitionException cause) {
			return unsupported(type, cause);
		}
		return (ex.getCause() instanceof JacksonException cause) ? new MessageConversionException(
				"Cannot write " + type.getName() + " as JSON: " + cause.getMessage(), cause) : ex;
	}

	private static UnsupportedPayloadTypeException unsupported(Class<?> type, InvalidDefinitionException cause) {
		return new UnsupportedPayloadTypeException(
				"Jackson cannot handle " + type.getName() + ": " + cause.getOriginalMessage(), cause);
	}

}
