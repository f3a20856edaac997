package io.github.udsboot.client.service;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * An interface cannot be a typed client, or one of its methods cannot be called.
 */
public class InvalidExchangeException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String exchange;

	private final String problem;

	/**
	 * Create an exception.
	 * @param serviceType the interface
	 * @param method the method, {@code null} if the problem is the interface as a whole
	 * @param problem what is wrong, and the remedy
	 */
	public InvalidExchangeException(Class<?> serviceType, @Nullable Method method, String problem) {
		this(describe(serviceType, method), problem, null);
	}

	/**
	 * Create an exception.
	 * @param serviceType the interface
	 * @param method the method
	 * @param problem what is wrong, and the remedy
	 * @param cause the cause
	 */
	public InvalidExchangeException(Class<?> serviceType, Method method, String problem, Exception cause) {
		this(describe(serviceType, method), problem, cause);
	}

	private InvalidExchangeException(String exchange, String problem, @Nullable Exception cause) {
		super("Invalid typed client " + exchange + ": " + problem, cause);
		this.exchange = exchange;
		this.problem = problem;
	}

	private static String describe(Class<?> serviceType, @Nullable Method method) {
		return (method != null)
				? Arrays.stream(method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", serviceType.getName() + "." + method.getName() + "(", ")"))
				: serviceType.getName();
	}

	/**
	 * Return the method or the interface.
	 * @return the interface and, if the problem is a method, the method in a short form,
	 * such as {@code com.acme.OrderService.get(OrderId)}
	 */
	public String getExchange() {
		return this.exchange;
	}

	/**
	 * Return what is wrong.
	 * @return what is wrong, and the remedy
	 */
	public String getProblem() {
		return this.problem;
	}

}
