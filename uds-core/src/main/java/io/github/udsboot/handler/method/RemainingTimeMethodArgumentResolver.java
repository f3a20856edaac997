package io.github.udsboot.handler.method;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.handler.UdsRequest;

/**
 * Resolves the {@link Duration} that is the timeout of a call where a contract is used by
 * a client: where it is served, the time that is left.
 */
class RemainingTimeMethodArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == Duration.class && !parameter.hasParameterAnnotation(Payload.class)
				&& ParameterAnnotations.mayBePayload(parameter) && parameter.hasMethodAnnotation(UdsExchange.class);
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		if (message.getHeaders() instanceof RequestHeaders headers) {
			long deadline = headers.request().deadlineNanos();
			return (deadline != UdsRequest.NO_DEADLINE) ? Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))
					: null;
		}
		return null;
	}

}
