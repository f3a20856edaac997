package io.github.udsboot.handler.method;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.annotation.support.MessageMethodArgumentResolver;

/**
 * Resolves a {@code Message<T>} as Spring does, and leaves it to the converter what an
 * empty payload is.
 */
class RequestMessageMethodArgumentResolver extends MessageMethodArgumentResolver {

	RequestMessageMethodArgumentResolver(MessageConverter converter) {
		super(converter);
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return super.supportsParameter(parameter) && ParameterAnnotations.mayBePayload(parameter);
	}

	@Override
	protected boolean isEmptyPayload(@Nullable Object payload) {
		return payload == null;
	}

}
