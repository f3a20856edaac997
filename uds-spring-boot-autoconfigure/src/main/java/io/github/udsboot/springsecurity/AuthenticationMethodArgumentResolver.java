package io.github.udsboot.springsecurity;

import java.security.Principal;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Resolves a parameter of type {@link Authentication}, {@link UdsPeerAuthentication} or
 * {@link Principal} to the authentication of the thread's context: that of the caller,
 * unless an interceptor has set another one. It is {@code null} if there is none of the
 * type. Thread-safe.
 */
public final class AuthenticationMethodArgumentResolver implements HandlerMethodArgumentResolver {

	private final SecurityContextHolderStrategy strategy;

	/**
	 * Create a resolver.
	 * @param strategy holds the context of the thread
	 */
	public AuthenticationMethodArgumentResolver(SecurityContextHolderStrategy strategy) {
		this.strategy = strategy;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return type == Authentication.class || type == UdsPeerAuthentication.class || type == Principal.class;
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		Authentication authentication = this.strategy.getContext().getAuthentication();
		return parameter.getParameterType().isInstance(authentication) ? authentication : null;
	}

}
