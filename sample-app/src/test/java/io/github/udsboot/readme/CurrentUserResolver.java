package io.github.udsboot.readme;

import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.stereotype.Component;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.handler.UdsHeaders;

/* Shown in docs/handlers.md. */
@Component
class CurrentUserResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.hasParameterAnnotation(CurrentUser.class);
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, Message<?> message) {
		PeerCredentials peer = message.getHeaders().get(UdsHeaders.PEER, PeerCredentials.class);
		return (peer != null) ? peer.user().getName() : "nobody";
	}

}
