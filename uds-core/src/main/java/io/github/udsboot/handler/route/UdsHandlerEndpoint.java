package io.github.udsboot.handler.route;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.springframework.core.BridgeMethodResolver;

import io.github.udsboot.annotation.Execution;

/**
 * A handler method and where it belongs.
 *
 * @param listeners the names of the listeners, at least one
 * @param route the route, with its variables in braces; empty for the handler of a
 * protocol without routes
 * @param bean gives the bean to invoke the method on, asked once per request
 * @param beanType the class of the bean, behind any proxy
 * @param method the method as that class declares it, with its annotations and types
 * @param execution which thread runs the method
 */
public record UdsHandlerEndpoint(Set<String> listeners, String route, Supplier<?> bean, Class<?> beanType,
		Method method, Execution execution) {

	/** The name of the listener that a handler belongs to when it names none. */
	public static final String DEFAULT_LISTENER = "default";

	/**
	 * Create an endpoint.
	 * @throws IllegalArgumentException if there is no listener
	 */
	public UdsHandlerEndpoint {
		listeners = Set.copyOf(listeners);
		if (listeners.isEmpty()) {
			throw new IllegalArgumentException("A handler belongs to at least one listener");
		}
	}

	/**
	 * Return whether this is the handler of a protocol without routes.
	 * @return {@code true} if the route is empty
	 */
	public boolean isDefaultHandler() {
		return this.route.isEmpty();
	}

	/**
	 * Return an endpoint that answers for this one when its method has failed.
	 * @param bean gives the bean to invoke the other method on
	 * @param beanType the class of that bean, behind any proxy
	 * @param method the other method
	 * @return the endpoint, of the same route
	 */
	public UdsHandlerEndpoint withMethod(Supplier<?> bean, Class<?> beanType, Method method) {
		return new UdsHandlerEndpoint(this.listeners, this.route, bean, beanType, method, this.execution);
	}

	/**
	 * Return the method to call on a bean: the handler method, or what stands for it in
	 * an interface of a JDK proxy.
	 * @param exposedType the class of the bean, perhaps that of a proxy
	 * @return the method
	 * @throws IllegalStateException if the class is that of a proxy without the method
	 */
	public Method invocableMethod(Class<?> exposedType) {
		if (this.method.getDeclaringClass().isAssignableFrom(exposedType)) {
			return this.method;
		}
		return Stream.of(exposedType.getInterfaces())
			.flatMap((type) -> Stream.of(type.getMethods()))
			.filter((candidate) -> candidate.getName().equals(this.method.getName()))
			.filter((candidate) -> BridgeMethodResolver.getMostSpecificMethod(candidate, this.beanType)
				.equals(this.method))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(describe() + " is in no interface of the bean's proxy: "
					+ "pull the method up to one, or switch to class-based proxies (proxyTargetClass)"));
	}

	/**
	 * Return the method in a short form, for messages.
	 * @return the class and the method, such as {@code com.acme.Orders.get(OrderId)}
	 */
	public String describe() {
		StringBuilder text = new StringBuilder(this.beanType.getName()).append('.')
			.append(this.method.getName())
			.append('(');
		String separator = "";
		for (Class<?> type : this.method.getParameterTypes()) {
			text.append(separator).append(type.getSimpleName());
			separator = ", ";
		}
		return text.append(')').toString();
	}

}
