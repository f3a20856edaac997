package io.github.udsboot.converter;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

import org.springframework.core.ResolvableType;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.util.ClassUtils;

/**
 * Which types payloads can be read as, found out before there is a payload. Immutable.
 *
 * @param converters the converters in the order in which they are asked
 */
record ReadableTypes(List<MessageConverter> converters) {

	static final boolean PROTOBUF_PRESENT = ClassUtils.isPresent("com.google.protobuf.Message",
			ReadableTypes.class.getClassLoader());

	private static final byte[] EMPTY_PAYLOAD = {};

	/** As {@link PayloadConverter#requireReadable}. */
	void require(Type type) {
		ResolvableType resolvable = ResolvableType.forType(type);
		Class<?> target = resolvable.toClass();
		if (target == Optional.class) {
			require(resolvable.getGeneric().getType());
		}
		else if (!target.isAssignableFrom(byte[].class) && target != String.class && target != ByteBuffer.class
				&& target != Void.class) {
			for (MessageConverter each : this.converters) {
				if (canRead(each, target, type)) {
					return;
				}
			}
		}
	}

	static boolean isProtobuf(Class<?> type) {
		return PROTOBUF_PRESENT && ProtobufPayloadConverter.isMessage(type);
	}

	private static boolean canRead(MessageConverter converter, Class<?> target, Type type) {
		if (converter instanceof JsonPayloadConverter json) {
			json.requireReadable(type);
			return true;
		}
		if (isProtobuf(target)) {
			return true;
		}
		try {
			return converter.fromMessage(new GenericMessage<>(EMPTY_PAYLOAD, NoHeaders.INSTANCE), target) != null;
		}
		catch (UnsupportedPayloadTypeException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			// It supports the type, for which an empty payload is not valid
			return true;
		}
	}

}
