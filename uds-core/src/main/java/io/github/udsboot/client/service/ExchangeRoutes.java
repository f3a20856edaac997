package io.github.udsboot.client.service;

import java.lang.reflect.Method;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.Assert;
import org.springframework.util.StringValueResolver;

import io.github.udsboot.annotation.UdsExchange;

/**
 * The routes of contracts, the same on both sides of a call.
 */
public final class ExchangeRoutes {

	private ExchangeRoutes() {
	}

	/**
	 * Return whether a method, or one that it overrides, is annotated with
	 * {@link UdsExchange @UdsExchange}.
	 * @param method the method
	 * @return whether it is a call of a route
	 */
	public static boolean isExchange(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, UdsExchange.class);
	}

	/**
	 * Return the route of a method: the prefix of the interface and the method's own,
	 * joined with a dot.
	 * @param serviceType the interface that is the contract, which may inherit the method
	 * @param method the method, annotated with {@link UdsExchange @UdsExchange} itself or
	 * by a method that it overrides
	 * @param placeholders resolves property placeholders
	 * @return the route, with its variables in braces; empty if neither the interface nor
	 * the method names one
	 * @throws IllegalArgumentException if the method is not annotated
	 */
	public static String resolve(Class<?> serviceType, Method method, StringValueResolver placeholders) {
		UdsExchange onMethod = AnnotatedElementUtils.findMergedAnnotation(method, UdsExchange.class);
		Assert.notNull(onMethod, () -> method + " is not annotated with @UdsExchange");
		UdsExchange onType = AnnotatedElementUtils.findMergedAnnotation(serviceType, UdsExchange.class);
		return Stream.of((onType != null) ? onType.route() : "", onMethod.route())
			.map((part) -> resolve(part, placeholders))
			.filter((part) -> !part.isEmpty())
			.collect(Collectors.joining("."));
	}

	static String resolve(String text, StringValueResolver placeholders) {
		String resolved = placeholders.resolveStringValue(text);
		return (resolved != null) ? resolved : "";
	}

}
