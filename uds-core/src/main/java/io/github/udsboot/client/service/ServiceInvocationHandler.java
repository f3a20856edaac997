package io.github.udsboot.client.service;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Runs the methods of a typed client.
 */
final class ServiceInvocationHandler implements InvocationHandler {

	private static final @Nullable Object[] NO_ARGUMENTS = {};

	private final Class<?> serviceType;

	private final Map<Method, ServiceMethod> methods;

	ServiceInvocationHandler(Class<?> serviceType, Map<Method, ServiceMethod> methods) {
		this.serviceType = serviceType;
		this.methods = methods;
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		@Nullable Object[] given = (arguments != null) ? arguments : NO_ARGUMENTS;
		ServiceMethod serviceMethod = this.methods.get(method);
		return (serviceMethod != null) ? serviceMethod.invoke(proxy, given)
				: invokeMethodOfObject(proxy, method, given);
	}

	/** The only methods of {@code Object} that a proxy passes on. */
	private Object invokeMethodOfObject(Object proxy, Method method, @Nullable Object[] arguments) {
		return switch (method.getName()) {
			case "equals" -> proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			default -> "Typed client " + this.serviceType.getName();
		};
	}

}
