package io.github.udsboot.handler;

import java.lang.annotation.Annotation;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.github.udsboot.annotation.UdsExchange;

/**
 * Resolves the {@link Duration} that is the time-out of a call where a contract is used
 * by a client: where it is served, the time that is left.
 */
class RemainingTimeMethodArgumentResolver implements HandlerMethodArgumentResolver {

	private static final List<Class<? extends Annotation>> OTHERS = List.of(Payload.class, Header.class, Headers.class,
			DestinationVariable.class);

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == Duration.class
				&& OTHERS.stream().noneMatch(parameter::hasParameterAnnotation)
				&& parameter.hasMethodAnnotation(UdsExchange.class);
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
