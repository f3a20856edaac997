package io.github.udsboot.handler.method;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.CoroutinesUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.ClassUtils;

import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Kotlin's {@code suspend} functions. Compiled, they have one more parameter, which is to
 * continue them, and are called with Spring's help.
 */
final class SuspendingFunctions {

	private static final String CONTINUATION = "kotlin.coroutines.Continuation";

	/** What Spring needs to call one. */
	private static final List<String> NEEDED = List.of("kotlin.reflect.full.KClasses",
			"kotlinx.coroutines.reactor.MonoKt", "reactor.core.publisher.Mono");

	private SuspendingFunctions() {
	}

	/**
	 * Return whether a method is one.
	 * @param method the method
	 * @return whether it was compiled from a {@code suspend} function
	 */
	static boolean isOne(Method method) {
		return KotlinDetector.isSuspendingFunction(method) && KotlinDetector.isKotlinType(method.getDeclaringClass());
	}

	/**
	 * Check that the function can be called, if a method is one.
	 * @param endpoint the method
	 * @param classLoader where the libraries should be
	 * @throws InvalidHandlerException if libraries are missing
	 */
	static void check(UdsHandlerEndpoint endpoint, @Nullable ClassLoader classLoader) {
		if (isOne(endpoint.method()) && !NEEDED.stream().allMatch((each) -> ClassUtils.isPresent(each, classLoader))) {
			throw new InvalidHandlerException(endpoint.describe(), "it is a suspending function",
					"add org.jetbrains.kotlin:kotlin-reflect and org.jetbrains.kotlinx:kotlinx-coroutines-reactor to the "
							+ "class path, or return a CompletableFuture");
		}
	}

	/**
	 * Call a function.
	 * @param method the method
	 * @param bean the bean
	 * @param arguments its arguments, and anything for what continues it
	 * @return a publisher of the result, which runs the function when it is subscribed to
	 * and stops it when that is cancelled
	 */
	static Object invoke(Method method, Object bean, @Nullable Object[] arguments) {
		return CoroutinesUtils.invokeSuspendingFunction(method, bean, arguments);
	}

	/**
	 * Takes the parameter that the compiler has added.
	 */
	static final class ContinuationArgumentResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			Method method = parameter.getMethod();
			return parameter.getParameterType().getName().equals(CONTINUATION) && method != null && isOne(method)
					&& parameter.getParameterIndex() == method.getParameterCount() - 1;
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			return null;
		}

	}

}
