package io.github.udsboot.converter;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.messaging.converter.ByteArrayMessageConverter;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.converter.SmartMessageConverter;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Converts objects to payloads and back, with spring-messaging's converters in this
 * order: {@code byte[]} and {@link ByteBuffer} as they are, {@code String} as strict
 * UTF-8, converters of the application, protobuf messages if protobuf-java is on the
 * class path, everything else as JSON if Jackson 3 is. Only the Java type decides, never
 * the data and never a content type. Java serialization is never used. Immutable and
 * thread-safe.
 *
 * <p>
 * An empty payload is an empty {@code byte[]}, {@code ByteBuffer} or {@code String}, a
 * protobuf message with defaults only, and nothing ({@code null}, an empty
 * {@code Optional}) for any other type. Nothing becomes an empty payload. One class,
 * because both directions have to agree on that.
 */
public final class PayloadConverter {

	private static final byte[] EMPTY_PAYLOAD = {};

	private static final boolean JACKSON_PRESENT = ClassUtils.isPresent("tools.jackson.databind.json.JsonMapper",
			PayloadConverter.class.getClassLoader());

	private final ReadableTypes readable;

	private final SmartMessageConverter converter;

	private PayloadConverter(List<MessageConverter> converters) {
		this.readable = new ReadableTypes(List.copyOf(converters));
		this.converter = new CompositeMessageConverter(converters);
	}

	/**
	 * Return a converter without converters of the application and with Jackson's
	 * defaults.
	 * @return the converter
	 */
	public static PayloadConverter defaults() {
		return builder().build();
	}

	/**
	 * Begin to build a converter.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the chain of converters, for spring-messaging's argument resolvers. It
	 * throws an exception instead of returning {@code null} for a type that no converter
	 * supports.
	 * @return the chain
	 */
	public SmartMessageConverter messageConverter() {
		return this.converter;
	}

	/**
	 * Convert an object to a payload.
	 * @param value the object; {@code null} and an empty {@code Optional} for nothing
	 * @return the payload, the object itself if it is a {@code byte[]}
	 * @throws UnsupportedPayloadTypeException if no converter supports the type
	 * @throws MessageConversionException if the object cannot be converted
	 */
	public byte[] toPayload(@Nullable Object value) {
		return toPayload(value, null);
	}

	/**
	 * Convert an object that a method returned to a payload.
	 * @param value the object; {@code null} and an empty {@code Optional} for nothing
	 * @param returnType the return type of the method, whose annotations may guide the
	 * conversion, or {@code null}
	 * @return the payload, the object itself if it is a {@code byte[]}
	 * @throws UnsupportedPayloadTypeException if no converter supports the type
	 * @throws MessageConversionException if the object cannot be converted
	 */
	public byte[] toPayload(@Nullable Object value, @Nullable MethodParameter returnType) {
		if (value instanceof Optional<?> optional) {
			return toPayload(optional.orElse(null), returnType);
		}
		if (value == null) {
			return EMPTY_PAYLOAD;
		}
		if (value instanceof byte[] bytes) {
			return bytes;
		}
		if (value instanceof String text) {
			return TextMessageConverter.encode(text);
		}
		if (value instanceof ByteBuffer buffer) {
			return ByteBufferMessageConverter.bytes(buffer);
		}
		Message<?> message = this.converter.toMessage(value, mutableHeaders(), returnType);
		return bytes(value, (message != null) ? message.getPayload() : null);
	}

	private static byte[] bytes(Object value, @Nullable Object payload) {
		if (payload instanceof byte[] bytes) {
			return bytes;
		}
		if (payload instanceof String text) {
			return TextMessageConverter.encode(text);
		}
		throw new MessageConversionException("The converter of " + value.getClass().getName()
				+ " must produce byte[] or String, not " + ClassUtils.getDescriptiveType(payload));
	}

	/**
	 * Convert a payload to an object.
	 * @param <T> the type
	 * @param payload the payload
	 * @param type the type
	 * @return the object, {@code null} for nothing; the payload itself if a
	 * {@code byte[]} is requested
	 * @throws UnsupportedPayloadTypeException if no converter supports the type
	 * @throws MessageConversionException if the payload cannot be converted
	 */
	@SuppressWarnings("unchecked")
	public <T> @Nullable T fromPayload(byte[] payload, Class<T> type) {
		return (T) fromPayload(payload, (Type) type);
	}

	/**
	 * Convert a payload to an object.
	 * @param <T> the type
	 * @param payload the payload
	 * @param type the type, such as {@code List<Order>} or {@code Optional<Order>}
	 * @return the object, {@code null} for nothing
	 * @throws UnsupportedPayloadTypeException if no converter supports the type
	 * @throws MessageConversionException if the payload cannot be converted
	 */
	@SuppressWarnings("unchecked")
	public <T> @Nullable T fromPayload(byte[] payload, ParameterizedTypeReference<T> type) {
		return (T) fromPayload(payload, type.getType());
	}

	/**
	 * Convert a payload to an object.
	 * @param payload the payload
	 * @param type the type
	 * @return the object, {@code null} for nothing; the payload itself if a
	 * {@code byte[]} is requested
	 * @throws UnsupportedPayloadTypeException if no converter supports the type
	 * @throws MessageConversionException if the payload cannot be converted
	 */
	public @Nullable Object fromPayload(byte[] payload, Type type) {
		if (type == byte[].class) {
			return payload;
		}
		if (type == String.class) {
			return TextMessageConverter.decode(payload);
		}
		if (type instanceof Class<?> plain) {
			return (plain == Optional.class) ? unknownContent() : convert(payload, plain, null);
		}
		ResolvableType resolvable = ResolvableType.forType(type);
		if (resolvable.resolve() == Optional.class) {
			return (payload.length != 0) ? Optional.ofNullable(fromPayload(payload, resolvable.getGeneric().getType()))
					: Optional.empty();
		}
		return convert(payload, resolvable.toClass(), type);
	}

	/**
	 * Check that payloads can be read as a type, without reading one. A converter of the
	 * application is given an empty payload, and is taken to support every type for which
	 * it does not return {@code null}.
	 * @param type the type, such as that of a parameter
	 * @throws UnsupportedPayloadTypeException if no converter supports it
	 */
	public void requireReadable(Type type) {
		this.readable.require(type);
	}

	private static Object unknownContent() {
		throw new UnsupportedPayloadTypeException(
				"An Optional of what? Give its type with new ParameterizedTypeReference<Optional<...>>() {}");
	}

	private @Nullable Object convert(byte[] payload, Class<?> type, @Nullable Type generic) {
		if (type == void.class || type == Void.class || isNothing(payload, type)) {
			return null;
		}
		return this.converter.fromMessage(new GenericMessage<>(payload, NoHeaders.INSTANCE), type, generic);
	}

	/**
	 * Return whether a payload stands for nothing, if the type has no empty value of its
	 * own: no bytes, or JSON's {@code null}.
	 * @param payload the payload
	 * @param type the requested type
	 * @return {@code false} for types of which an empty payload is a value
	 */
	public boolean isNothing(byte[] payload, Class<?> type) {
		boolean candidate = payload.length == 0 || (payload.length == 4 && payload[0] == 'n' && payload[1] == 'u'
				&& payload[2] == 'l' && payload[3] == 'l');
		return candidate && !hasEmptyValue(type);
	}

	private static boolean hasEmptyValue(Class<?> type) {
		return type == byte[].class || type == String.class || type == ByteBuffer.class
				|| ReadableTypes.isProtobuf(type);
	}

	// Spring would add an id and a timestamp to a message with immutable headers
	private static MessageHeaders mutableHeaders() {
		MessageHeaderAccessor accessor = new MessageHeaderAccessor();
		accessor.setLeaveMutable(true);
		return accessor.getMessageHeaders();
	}

	/**
	 * Builds a {@link PayloadConverter}.
	 */
	public static final class Builder {

		private final List<MessageConverter> custom = new ArrayList<>();

		private @Nullable MessageConverter json;

		private Builder() {
		}

		/**
		 * Add a converter of the application. It is asked after those of {@code byte[]},
		 * {@code ByteBuffer} and {@code String} and before protobuf and JSON, in the
		 * order of adding; its messages have a {@code byte[]} or {@code String} payload.
		 * By default there is none.
		 * @param converter the converter
		 * @return this builder
		 */
		public Builder converter(MessageConverter converter) {
			this.custom.add(converter);
			return this;
		}

		/**
		 * Set the mapper that reads and writes JSON. By default one with Jackson's
		 * defaults and the modules on the class path.
		 * @param mapper the mapper
		 * @return this builder
		 */
		public Builder jsonMapper(JsonMapper mapper) {
			this.json = new JsonPayloadConverter(mapper);
			return this;
		}

		/**
		 * Build the converter.
		 * @return the converter
		 */
		public PayloadConverter build() {
			List<MessageConverter> chain = new ArrayList<>();
			chain.add(ignoringContentType(new ByteArrayMessageConverter()));
			chain.add(ignoringContentType(new ByteBufferMessageConverter()));
			chain.add(ignoringContentType(new TextMessageConverter()));
			chain.addAll(this.custom);
			if (ReadableTypes.PROTOBUF_PRESENT) {
				chain.add(new ProtobufPayloadConverter());
			}
			if (this.json != null) {
				chain.add(this.json);
			}
			else if (JACKSON_PRESENT) {
				chain.add(new JsonPayloadConverter());
			}
			chain.add(new RefusingMessageConverter(this.json != null || JACKSON_PRESENT));
			return new PayloadConverter(chain);
		}

		private static MessageConverter ignoringContentType(AbstractMessageConverter converter) {
			converter.setContentTypeResolver(null);
			return converter;
		}

	}

}
