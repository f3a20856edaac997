package io.github.udsboot.springsecurity;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

import io.github.udsboot.handler.UdsResultPostProcessor;

/**
 * Gives what a handler returns as a {@code Mono} or a {@code Flux}, or does in a
 * suspending function of Kotlin, the caller's context, for
 * {@link ReactiveSecurityContextHolder} to find it. Thread-safe.
 */
public final class ReactiveSecurityContextPostProcessor implements UdsResultPostProcessor {

	private final SecurityContextHolderStrategy strategy;

	/**
	 * Create a post-processor.
	 * @param strategy holds the context of the thread
	 */
	public ReactiveSecurityContextPostProcessor(SecurityContextHolderStrategy strategy) {
		this.strategy = strategy;
	}

	@Override
	public Object postProcess(Object result) {
		Authentication authentication = this.strategy.getContext().getAuthentication();
		if (authentication == null) {
			return result;
		}
		Context context = ReactiveSecurityContextHolder.withAuthentication(authentication);
		if (result instanceof Mono<?> mono) {
			return mono.contextWrite(context);
		}
		return (result instanceof Flux<?> flux) ? flux.contextWrite(context) : result;
	}

}
