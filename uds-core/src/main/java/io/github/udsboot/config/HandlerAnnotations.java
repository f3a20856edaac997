package io.github.udsboot.config;

import java.lang.reflect.Method;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.service.ExchangeRoutes;

/**
 * The annotations that make a method a handler.
 *
 * @param onMethod the annotation of the method, {@code null} if only the class has one
 * @param onType the annotation of the class, {@code null} if only the method has one
 * @param exchange whether the method implements a call of a contract, which gives its
 * route
 */
record HandlerAnnotations(@Nullable UdsHandler onMethod, @Nullable UdsHandler onType, boolean exchange) {

	/**
	 * Inspect a method.
	 * @param method the method
	 * @param beanType the class of the bean, behind any proxy
	 * @param onType the annotation of the class, {@code null} for none
	 * @return the annotations, or {@code null} if the method is not a handler
	 */
	static @Nullable HandlerAnnotations of(Method method, Class<?> beanType, @Nullable UdsHandler onType) {
		UdsHandler onMethod = AnnotatedElementUtils.findMergedAnnotation(method, UdsHandler.class);
		if (onMethod == null && onType == null) {
			return null;
		}
		// A contract alone makes no handler: a bean known only by its interface may be a
		// client
		boolean exchange = !beanType.isInterface() && ExchangeRoutes.isExchange(method);
		return (onMethod != null || exchange) ? new HandlerAnnotations(onMethod, onType, exchange) : null;
	}

	/**
	 * Return the annotations, that of the method before that of the class.
	 * @return those that exist
	 */
	Stream<UdsHandler> stream() {
		return Stream.concat(Stream.ofNullable(this.onMethod), Stream.ofNullable(this.onType));
	}

}
