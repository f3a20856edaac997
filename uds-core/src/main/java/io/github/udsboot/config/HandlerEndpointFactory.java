package io.github.udsboot.config;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.SpringProxy;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.handler.method.InvalidHandlerException;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Creates endpoints for annotated methods.
 */
class HandlerEndpointFactory {

	private static final String[] DEFAULT_LISTENER = { UdsHandlerEndpoint.DEFAULT_LISTENER };

	private final EmbeddedValueResolver placeholders;

	HandlerEndpointFactory(ConfigurableBeanFactory beanFactory) {
		this.placeholders = new EmbeddedValueResolver(beanFactory);
	}

	/**
	 * Create the endpoints of a method.
	 * @param bean the bean
	 * @param method the method, as the class of the bean declares it
	 * @param annotations the annotations that make it a handler
	 * @return one endpoint, or several if the bean implements several contracts with the
	 * method
	 * @throws InvalidHandlerException if the method cannot be a handler
	 */
	List<UdsHandlerEndpoint> create(HandlerBean bean, Method method, HandlerAnnotations annotations) {
		check(bean, method);
		try {
			return routes(bean, method, annotations).stream()
				.map((route) -> create(bean, method, annotations, route))
				.toList();
		}
		catch (IllegalArgumentException ex) {
			throw invalid(bean, method, String.valueOf(ex.getMessage()),
					"correct its annotations, or those of its class", ex);
		}
	}

	private UdsHandlerEndpoint create(HandlerBean bean, Method method, HandlerAnnotations annotations, String route) {
		UdsHandlerEndpoint endpoint = new UdsHandlerEndpoint(listeners(annotations), route, bean.instance(),
				bean.targetType(), method, execution(annotations));
		checkInvocable(endpoint, bean);
		return endpoint;
	}

	private static void check(HandlerBean bean, Method method) {
		int modifiers = method.getModifiers();
		if (Modifier.isPrivate(modifiers) || Modifier.isProtected(modifiers)) {
			throw invalid(bean, method, "it is private or protected", "make it public or package-private", null);
		}
		requireOverridable(bean, method);
	}

	/**
	 * Check that an exception handler method can be called through the proxy of its bean,
	 * if it has one.
	 * @throws InvalidHandlerException if it cannot
	 */
	void checkExceptionHandler(HandlerBean bean, Method method) {
		requireOverridable(bean, method);
		checkInvocable(new UdsHandlerEndpoint(Set.of(UdsHandlerEndpoint.DEFAULT_LISTENER), "", bean.instance(),
				bean.targetType(), method, Execution.AUTO), bean);
	}

	private static void checkInvocable(UdsHandlerEndpoint endpoint, HandlerBean bean) {
		try {
			endpoint.invocableMethod(bean.exposedType());
		}
		catch (IllegalStateException ex) {
			throw invalid(bean, endpoint.method(), "it is in no interface of the proxy of its bean",
					"pull the method up to one, or switch to class-based proxies (proxyTargetClass)", ex);
		}
	}

	/**
	 * A class-based proxy overrides what it can. Any other method would run on the empty
	 * fields of the proxy itself, and a static one would bypass the proxy.
	 */
	private static void requireOverridable(HandlerBean bean, Method method) {
		int modifiers = method.getModifiers();
		if (!SpringProxy.class.isAssignableFrom(bean.exposedType())
				|| !method.getDeclaringClass().isAssignableFrom(bean.exposedType())) {
			return;
		}
		if (Modifier.isFinal(modifiers) || Modifier.isStatic(modifiers)) {
			throw invalid(bean, method,
					"it is " + (Modifier.isFinal(modifiers) ? "final" : "static") + " and its bean is proxied",
					"remove the modifier", null);
		}
		if (Modifier.isPrivate(modifiers)) {
			throw invalid(bean, method, "it is private and its bean is proxied", "make it public or package-private",
					null);
		}
		if (!Modifier.isPublic(modifiers) && !Modifier.isProtected(modifiers)
				&& !method.getDeclaringClass().getPackageName().equals(bean.targetType().getPackageName())) {
			throw invalid(bean, method,
					"it is package-private in another package than the class of its bean, which is proxied",
					"make it public", null);
		}
	}

	private static InvalidHandlerException invalid(HandlerBean bean, Method method, String problem, String remedy,
			@Nullable Exception cause) {
		UdsHandlerEndpoint endpoint = new UdsHandlerEndpoint(Set.of(UdsHandlerEndpoint.DEFAULT_LISTENER), "",
				bean.instance(), method.getDeclaringClass(), method, Execution.AUTO);
		return new InvalidHandlerException(endpoint.describe() + " of bean '" + bean.name() + "'", problem, remedy,
				cause);
	}

	private Set<String> listeners(HandlerAnnotations annotations) {
		String[] names = annotations.stream()
			.map(UdsHandler::listener)
			.filter((listeners) -> listeners.length > 0)
			.findFirst()
			.orElse(DEFAULT_LISTENER);
		Set<String> resolved = new LinkedHashSet<>();
		for (String name : names) {
			resolved.add(resolve(name));
		}
		if (resolved.contains("")) {
			throw new IllegalArgumentException("the name of a listener is empty");
		}
		return resolved;
	}

	private Set<String> routes(HandlerBean bean, Method method, HandlerAnnotations annotations) {
		UdsHandler onMethod = annotations.onMethod();
		if (!annotations.exchange()) {
			return Set.of(ownRoute(annotations));
		}
		if (onMethod != null && !onMethod.value().isEmpty()) {
			throw new IllegalArgumentException("@UdsExchange gives it a route already, remove the one in @UdsHandler");
		}
		Set<String> routes = ExchangeContracts.routes(bean.targetType(), method, this.placeholders);
		if (routes.isEmpty() || routes.contains("")) {
			throw new IllegalArgumentException(
					routes.isEmpty() ? "@UdsExchange is for methods of interfaces, use @UdsHandler here"
							: "its contract has no route, name one in @UdsExchange");
		}
		return routes;
	}

	private String ownRoute(HandlerAnnotations annotations) {
		return Stream.of(annotations.onType(), annotations.onMethod())
			.map((annotation) -> (annotation != null) ? resolve(annotation.value()) : "")
			.filter((part) -> !part.isEmpty())
			.collect(Collectors.joining("."));
	}

	private static Execution execution(HandlerAnnotations annotations) {
		return annotations.stream()
			.map(UdsHandler::execution)
			.filter((execution) -> execution != Execution.AUTO)
			.findFirst()
			.orElse(Execution.AUTO);
	}

	private String resolve(String value) {
		String resolved = this.placeholders.resolveStringValue(value);
		return (resolved != null) ? resolved : "";
	}

}
