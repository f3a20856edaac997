package io.github.udsboot.handler;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;

/**
 * Turns what handler methods and exception handler methods return into something that can
 * be answered with. With Spring Boot a bean is found by its type; several are asked in
 * their order, once per method when the application starts, and the first that supports
 * the type as declared is used. Must be thread-safe.
 *
 * <p>
 * The types that Spring's {@link org.springframework.core.ReactiveAdapterRegistry} knows,
 * such as those of Kotlin's coroutines, need none.
 */
public interface UdsResultAdapter {

	/**
	 * Return whether this adapter is for a method.
	 * @param returnType the return type of the method, with its annotations and those of
	 * the method; never {@code void}
	 * @return whether {@link #adapt} is to be called with what the method returns
	 */
	boolean supports(MethodParameter returnType);

	/**
	 * Adapt what a method has returned. Called on the thread that has run the method,
	 * which may be an event loop: must not block.
	 * @param result what the method returned, perhaps {@code null}
	 * @param returnType the return type of the method
	 * @return a value or an {@code Optional} of one, {@code null} for an empty answer; a
	 * {@code CompletionStage} or a {@code Mono} if that comes later, which is cancelled
	 * with the call; a {@code Stream}, an {@code Iterator}, a {@code Flow.Publisher} or a
	 * {@code Flux} for a stream of items
	 * @throws Exception as if the method had thrown it
	 */
	@Nullable Object adapt(@Nullable Object result, MethodParameter returnType) throws Exception;

}
