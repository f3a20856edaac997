package io.github.udsboot.handler.method;

import java.security.Principal;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerIdentity;
import io.github.udsboot.handler.UdsHeaders;

/**
 * Resolves a parameter of type {@link PeerCredentials}, {@link PeerIdentity} or
 * {@link Principal} to the caller.
 */
class PeerCredentialsMethodArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return type == PeerCredentials.class || type == PeerIdentity.class || type == Principal.class;
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		return (message.getHeaders() instanceof RequestHeaders headers) ? headers.request().peer()
				: message.getHeaders().get(UdsHeaders.PEER);
	}

}
