package io.github.udsboot.config;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.SpringProxy;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.core.annotation.AnnotatedElementUtils;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.handler.UdsHandlerEndpoint;

/**
 * Makes endpoints of annotated methods.
 */
class HandlerEndpointFactory {

	private final EmbeddedValueResolver placeholders;

	HandlerEndpointFactory(ConfigurableBeanFactory beanFactory) {
		this.placeholders = new EmbeddedValueResolver(beanFactory);
	}

	UdsHandlerEndpoint create(HandlerBean bean, Method method, UdsHandler annotation) {
		int modifiers = method.getModifiers();
		if (Modifier.isPrivate(modifiers) || Modifier.isProtected(modifiers)) {
			throw invalid("@UdsHandler", bean, method, "it is private or protected, make it public or package-private",
					null);
		}
		requireOverridable("@UdsHandler", bean, method);
		UdsHandler onType = AnnotatedElementUtils.findMergedAnnotation(bean.targetType(), UdsHandler.class);
		try {
			UdsHandlerEndpoint endpoint = new UdsHandlerEndpoint(listeners(annotation, onType),
					route(annotation, onType), bean.instance(), bean.targetType(), method,
					execution(annotation, onType));
			endpoint.invocableMethod(bean.exposedType());
			return endpoint;
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw invalid("@UdsHandler", bean, method, ex.getMessage(), ex);
		}
	}

	/**
	 * Check that an exception handler method can be called through the proxy of its bean,
	 * where it has one.
	 * @throws IllegalStateException if it cannot; the message names the method
	 */
	void checkExceptionHandler(HandlerBean bean, Method method) {
		requireOverridable("@MessageExceptionHandler", bean, method);
		try {
			new UdsHandlerEndpoint(Set.of(UdsHandlerEndpoint.DEFAULT_LISTENER), "", bean.instance(), bean.targetType(),
					method, Execution.AUTO)
				.invocableMethod(bean.exposedType());
		}
		catch (IllegalStateException ex) {
			throw invalid("@MessageExceptionHandler", bean, method, ex.getMessage(), ex);
		}
	}

	// A class-based proxy would run any other method on its own empty fields
	private static void requireOverridable(String annotation, HandlerBean bean, Method method) {
		int modifiers = method.getModifiers();
		if (!SpringProxy.class.isAssignableFrom(bean.exposedType())
				|| !method.getDeclaringClass().isAssignableFrom(bean.exposedType())) {
			return;
		}
		if (Modifier.isFinal(modifiers)) {
			throw invalid(annotation, bean, method, "it is final and its bean is proxied, remove the modifier", null);
		}
		if (Modifier.isPrivate(modifiers)) {
			throw invalid(annotation, bean, method,
					"it is private and its bean is proxied, make it public or package-private", null);
		}
	}

	private static IllegalStateException invalid(String annotation, HandlerBean bean, Method method,
			@Nullable String problem, @Nullable Exception cause) {
		return new IllegalStateException("Invalid " + annotation + " method " + method.toGenericString() + " of bean '"
				+ bean.name() + "': " + problem, cause);
	}

	private Set<String> listeners(UdsHandler annotation, @Nullable UdsHandler onType) {
		String[] names = annotation.listener();
		if (names.length == 0 && onType != null) {
			names = onType.listener();
		}
		if (names.length == 0) {
			return Set.of(UdsHandlerEndpoint.DEFAULT_LISTENER);
		}
		Set<String> resolved = new LinkedHashSet<>();
		for (String name : names) {
			resolved.add(resolve(name));
		}
		if (resolved.contains("")) {
			throw new IllegalArgumentException("the name of a listener is empty");
		}
		return resolved;
	}

	private String route(UdsHandler annotation, @Nullable UdsHandler onType) {
		String prefix = (onType != null) ? onType.value() : "";
		return Stream.of(prefix, annotation.value())
			.map(this::resolve)
			.filter((part) -> !part.isEmpty())
			.collect(Collectors.joining("."));
	}

	private static Execution execution(UdsHandler annotation, @Nullable UdsHandler onType) {
		return (annotation.execution() == Execution.AUTO && onType != null) ? onType.execution()
				: annotation.execution();
	}

	private String resolve(String value) {
		String resolved = this.placeholders.resolveStringValue(value);
		return (resolved != null) ? resolved : "";
	}

}
