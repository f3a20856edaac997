package io.github.udsboot.handler.method;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;

import io.github.udsboot.handler.failure.UnresolvedArgumentException;

/**
 * Spring's chain of resolvers: those of the application, then ours. Says which parameter
 * it was that could not be resolved.
 */
class HandlerArgumentResolvers extends HandlerMethodArgumentResolverComposite {

	private final List<HandlerMethodArgumentResolver> custom;

	/**
	 * Create a chain.
	 * @param custom the resolvers of the application, which are asked first
	 * @param ours the others
	 */
	HandlerArgumentResolvers(List<HandlerMethodArgumentResolver> custom, List<HandlerMethodArgumentResolver> ours) {
		this.custom = custom;
		addResolvers(custom);
		addResolvers(ours);
	}

	/**
	 * Return the resolver that takes a parameter.
	 * @param parameter the parameter
	 * @return the first that supports it, {@code null} if none does
	 */
	@Nullable HandlerMethodArgumentResolver find(MethodParameter parameter) {
		return getResolvers().stream()
			.filter((resolver) -> resolver.supportsParameter(parameter))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return whether a resolver is one of the application.
	 * @param resolver the resolver
	 * @return whether it is not ours
	 */
	boolean isCustom(HandlerMethodArgumentResolver resolver) {
		return this.custom.contains(resolver);
	}

	/**
	 * Return whether a parameter takes the items of a stream.
	 * @param parameter the parameter
	 * @return whether the resolver of streams takes it
	 */
	boolean takesItems(MethodParameter parameter) {
		return find(parameter) instanceof StreamMethodArgumentResolver;
	}

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
