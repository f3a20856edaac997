package io.github.udsboot.handler;

/**
 * Changes what handler methods and exception handler methods return before anything
 * subscribes to it, where that is of a reactive type, such as {@code Mono} or
 * {@code Flux}, a coroutine of Kotlin included: adds something to the context of the
 * subscriber, for instance. With Spring Boot, every bean of this type is used, in its
 * {@link org.springframework.core.annotation.Order order}. Must be thread-safe.
 */
@FunctionalInterface
public interface UdsResultPostProcessor {

	/**
	 * Change a result. Called on the thread that has run the method, which may be an
	 * event loop: must not block.
	 * @param result what the method returned, of any type with which a stage or a stream
	 * of items can be answered
	 * @return the same, or another with the same values
	 */
	Object postProcess(Object result);

}
