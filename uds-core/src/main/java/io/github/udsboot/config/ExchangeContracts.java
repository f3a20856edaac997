package io.github.udsboot.config;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.core.BridgeMethodResolver;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringValueResolver;

import io.github.udsboot.client.service.ExchangeRoutes;

/**
 * Finds the routes that the contracts of a bean give to its methods.
 */
final class ExchangeContracts {

	private ExchangeContracts() {
	}

	/**
	 * Return the routes of a method. It has one for each contract that the bean
	 * implements with it; if one contract extends another, the more specific one counts.
	 * @param beanType the class of the bean, behind any proxy
	 * @param method the method
	 * @param placeholders resolves property placeholders
	 * @return the routes, empty if the method is not from an interface
	 */
	static Set<String> routes(Class<?> beanType, Method method, StringValueResolver placeholders) {
		Set<Class<?>> contracts = ClassUtils.getAllInterfacesForClassAsSet(beanType)
			.stream()
			.filter((type) -> exchanges(type, beanType, method).findAny().isPresent())
			.collect(Collectors.toSet());
		return contracts.stream()
			.filter((type) -> contracts.stream().noneMatch((other) -> other != type && type.isAssignableFrom(other)))
			.flatMap((type) -> exchanges(type, beanType, method)
				.map((exchange) -> ExchangeRoutes.resolve(type, exchange, placeholders)))
			.collect(Collectors.toSet());
	}

	/** The methods of an interface that the bean implements with its method. */
	private static Stream<Method> exchanges(Class<?> type, Class<?> beanType, Method method) {
		return Stream.of(type.getMethods())
			.filter((candidate) -> candidate.getName().equals(method.getName()) && !candidate.isBridge()
					&& ExchangeRoutes.isExchange(candidate))
			.filter((candidate) -> BridgeMethodResolver.getMostSpecificMethod(candidate, beanType).equals(method));
	}

}
