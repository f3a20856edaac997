package io.github.udsboot.aot;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.stream.Stream;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.util.ClassUtils;

import io.github.udsboot.client.service.ExchangeRoutes;
import io.github.udsboot.client.service.UdsServiceProxy;

/**
 * The hints for an interface with {@code @UdsExchange} methods: its proxy, its methods
 * and the bean methods that implement them, and the types of payloads and answers.
 */
final class ExchangeHints {

	private static final BindingReflectionHintsRegistrar BINDING = new BindingReflectionHintsRegistrar();

	private final Class<?> contract;

	ExchangeHints(Class<?> contract) {
		this.contract = contract;
	}

	/**
	 * Return whether an interface is a contract.
	 * @param type the interface
	 * @return whether one of its methods calls a route
	 */
	static boolean isContract(Class<?> type) {
		return Stream.of(type.getMethods()).anyMatch(ExchangeRoutes::isExchange);
	}

	/**
	 * Register the hints.
	 * @param hints takes the hints
	 * @param beanType the class that implements the interface, or the interface
	 */
	void register(RuntimeHints hints, Class<?> beanType) {
		ReflectionHints reflection = hints.reflection();
		reflection.registerType(this.contract);
		hints.proxies().registerJdkProxy(this.contract, UdsServiceProxy.class);
		for (Method method : this.contract.getMethods()) {
			reflection.registerMethod(method, ExecutableMode.INVOKE);
			reflection.registerMethod(ClassUtils.getMostSpecificMethod(method, beanType), ExecutableMode.INVOKE);
			if (ExchangeRoutes.isExchange(method)) {
				registerTypes(reflection, method);
			}
		}
	}

	private void registerTypes(ReflectionHints reflection, Method method) {
		BINDING.registerReflectionHints(reflection,
				GenericTypeResolver.resolveType(method.getGenericReturnType(), this.contract));
		for (MethodParameter parameter : new AnnotatedMethod(method).getMethodParameters()) {
			if (isPayload(parameter)) {
				BINDING.registerReflectionHints(reflection,
						GenericTypeResolver.resolveType(parameter.getGenericParameterType(), this.contract));
			}
		}
	}

	private static boolean isPayload(MethodParameter parameter) {
		return parameter.getParameterType() != Duration.class && !parameter.hasParameterAnnotation(Header.class)
				&& !parameter.hasParameterAnnotation(DestinationVariable.class);
	}

}
