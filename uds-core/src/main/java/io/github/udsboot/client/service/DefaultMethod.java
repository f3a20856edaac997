package io.github.udsboot.client.service;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * A default method, which the interface implements itself.
 */
final class DefaultMethod implements ServiceMethod {

	private static final MethodType TYPE = MethodType.methodType(Object.class, Object.class, Object[].class);

	private final MethodHandle handle;

	DefaultMethod(Class<?> serviceType, Method method) {
		this.handle = handle(serviceType, method);
	}

	/** Uses a lookup in the interface, so that the interface need not be public. */
	private static MethodHandle handle(Class<?> serviceType, Method method) {
		Class<?> declaringType = method.getDeclaringClass();
		try {
			return MethodHandles.privateLookupIn(declaringType, MethodHandles.lookup())
				.unreflectSpecial(method, declaringType)
				.asFixedArity()
				.asSpreader(Object[].class, method.getParameterCount())
				.asType(TYPE);
		}
		catch (IllegalAccessException ex) {
			throw new InvalidExchangeException(serviceType, method,
					"its default implementation cannot be called, open the package of " + declaringType.getName(), ex);
		}
	}

	@Override
	public @Nullable Object invoke(Object proxy, @Nullable Object[] arguments) throws Throwable {
		return this.handle.invokeExact(proxy, arguments);
	}

}
