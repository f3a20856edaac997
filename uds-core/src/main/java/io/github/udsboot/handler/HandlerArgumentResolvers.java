package io.github.udsboot.handler;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;

/**
 * Spring's chain of resolvers; says which parameter it was that could not be resolved.
 */
class HandlerArgumentResolvers extends HandlerMethodArgumentResolverComposite {

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) throws Exception {
		try {
			return super.resolveArgument(parameter, message);
		}
		catch (Exception ex) {
			throw new UnresolvedArgumentException(parameter, ex);
		}
	}

}
