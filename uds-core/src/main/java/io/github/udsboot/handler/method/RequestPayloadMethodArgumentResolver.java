package io.github.udsboot.handler.method;

import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.converter.SmartMessageConverter;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.support.PayloadMethodArgumentResolver;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.validation.Validator;

import io.github.udsboot.converter.PayloadConverter;

/**
 * Resolves the payload as Spring does, but for what an empty payload means: an empty text
 * and a protobuf message without any field set are no bytes on the wire, and yet are
 * values. And JSON's {@code null} is as good as no payload. Takes no parameter with an
 * annotation that asks for something else.
 */
class RequestPayloadMethodArgumentResolver extends PayloadMethodArgumentResolver {

	private static final byte[] EMPTY_PAYLOAD = {};

	private final PayloadConverter converter;

	RequestPayloadMethodArgumentResolver(PayloadConverter converter, @Nullable Validator validator) {
		super(converter.messageConverter(), validator);
		this.converter = converter;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return ParameterAnnotations.mayBePayload(parameter);
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) throws Exception {
		if (!(message.getPayload() instanceof byte[] payload)) {
			return super.resolveArgument(parameter, message);
		}
		// The most frequent ones first, without a walk through the chain of converters
		Class<?> declaredType = parameter.getParameterType();
		boolean given = payload.length > 0 || isRequired(parameter);
		if (given && declaredType.isInstance(payload)) {
			return validated(payload, parameter, message);
		}
		if (given && declaredType == String.class) {
			return validated(text(payload), parameter, message);
		}
		Class<?> type = resolveTargetClass(parameter, message);
		if (this.converter.isNothing(payload, type)) {
			return super.resolveArgument(parameter, MessageBuilder.createMessage(EMPTY_PAYLOAD, message.getHeaders()));
		}
		return (given && payload.length == 0) ? validated(convert(parameter, message, type), parameter, message)
				: super.resolveArgument(parameter, message);
	}

	private static boolean isRequired(MethodParameter parameter) {
		Payload annotation = parameter.getParameterAnnotation(Payload.class);
		return (annotation == null || annotation.required()) && parameter.getParameterType() != Optional.class;
	}

	private String text(byte[] payload) {
		return Objects.requireNonNull(this.converter.fromPayload(payload, String.class));
	}

	private Object convert(MethodParameter parameter, Message<?> message, Class<?> type) {
		SmartMessageConverter chain = this.converter.messageConverter();
		Object value = chain.fromMessage(message, type, parameter);
		if (value == null) {
			throw new MessageConversionException(message, "Cannot convert an empty payload to " + type.getName());
		}
		return value;
	}

	private Object validated(Object value, MethodParameter parameter, Message<?> message) {
		validate(message, parameter, value);
		return value;
	}

}
