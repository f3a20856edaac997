package io.github.udsboot.handler.method;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.github.udsboot.UdsSession;

/**
 * Resolves a parameter of type {@link UdsSession}.
 */
class UdsSessionMethodArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == UdsSession.class;
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		return (message.getHeaders() instanceof RequestHeaders headers) ? headers.request().session() : null;
	}

}
