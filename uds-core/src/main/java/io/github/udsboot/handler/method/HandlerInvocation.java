package io.github.udsboot.handler.method;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.util.ReflectionUtils;

import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Spring's resolution of arguments by the signature that the bean's class declares, and
 * the call of that method on the bean, which may be a proxy with a method of its own and
 * may be another object for each call.
 */
class HandlerInvocation extends InvocableHandlerMethod {

	private final UdsHandlerEndpoint endpoint;

	private final HandlerArgumentResolvers resolvers;

	private final boolean suspending;

	private volatile Target target;

	HandlerInvocation(UdsHandlerEndpoint endpoint, HandlerArgumentResolvers resolvers) {
		super(endpoint.bean(), endpoint.method());
		this.endpoint = endpoint;
		this.resolvers = resolvers;
		this.suspending = SuspendingFunctions.isOne(endpoint.method());
		this.target = new Target(endpoint.beanType(), getBridgedMethod());
		setMessageMethodArgumentResolvers(resolvers);
	}

	/** Return whether the method takes the items of a stream. */
	boolean takesItems() {
		return Arrays.stream(getMethodParameters()).anyMatch(this.resolvers::takesItems);
	}

	/** Return whether the method is one of Kotlin's that suspend. */
	boolean isSuspending() {
		return this.suspending;
	}

	/**
	 * Call the method.
	 * @param message the request
	 * @param provided what parameters of fitting types get without being resolved
	 * @return what the method returned, a publisher of it if the method suspends
	 */
	@Nullable Object invokeWith(Message<?> message, Object[] provided) throws Exception {
		return invoke(message, provided);
	}

	@Override
	protected @Nullable Object doInvoke(@Nullable Object... args) throws Exception {
		Object bean = getBean();
		if (this.suspending) {
			return SuspendingFunctions.invoke(methodOf(bean), bean, args);
		}
		try {
			return methodOf(bean).invoke(bean, args);
		}
		catch (InvocationTargetException ex) {
			ReflectionUtils.rethrowException(ex.getTargetException());
			return null;
		}
	}

	private Method methodOf(Object bean) {
		Target last = this.target;
		if (last.type() != bean.getClass()) {
			last = new Target(bean.getClass(), this.endpoint.invocableMethod(bean.getClass()));
			ReflectionUtils.makeAccessible(last.method());
			this.target = last;
		}
		return last.method();
	}

	@Override
	public Object getBean() {
		return this.endpoint.bean().get();
	}

	@Override
	public Class<?> getBeanType() {
		return this.endpoint.beanType();
	}

	@Override
	protected Class<?> getContainingClass() {
		return this.endpoint.beanType();
	}

	@Override
	public String toString() {
		return this.endpoint.describe();
	}

	/**
	 * The class of the bean of the last call, and what to call on it.
	 *
	 * @param type the class
	 * @param method the method
	 */
	private record Target(Class<?> type, Method method) {

	}

}
