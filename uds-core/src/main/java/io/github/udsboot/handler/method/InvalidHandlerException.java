package io.github.udsboot.handler.method;

import org.jspecify.annotations.Nullable;

/**
 * A handler method, or an exception handler method, cannot be called as it is declared.
 * Thrown while the application starts.
 */
public class InvalidHandlerException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final String handler;

	private final String problem;

	private final String remedy;

	/**
	 * Create an exception.
	 * @param handler the method, such as {@code com.acme.Orders.get(OrderId)}
	 * @param problem what is wrong with it, naming the parameter where one is concerned
	 * @param remedy what to do
	 */
	public InvalidHandlerException(String handler, String problem, String remedy) {
		this(handler, problem, remedy, null);
	}

	/**
	 * Create an exception.
	 * @param handler the method, such as {@code com.acme.Orders.get(OrderId)}
	 * @param problem what is wrong with it, naming the parameter where one is concerned
	 * @param remedy what to do
	 * @param cause the cause, or {@code null}
	 */
	public InvalidHandlerException(String handler, String problem, String remedy, @Nullable Throwable cause) {
		super("Invalid handler " + handler + ": " + problem + ". To do: " + remedy, cause);
		this.handler = handler;
		this.problem = problem;
		this.remedy = remedy;
	}

	/**
	 * Return the method.
	 * @return the class, the method and the types of its parameters
	 */
	public String getHandler() {
		return this.handler;
	}

	/**
	 * Return what is wrong.
	 * @return what is wrong, without a full stop
	 */
	public String getProblem() {
		return this.problem;
	}

	/**
	 * Return what to do.
	 * @return the remedy, in the imperative mood and without a full stop
	 */
	public String getRemedy() {
		return this.remedy;
	}

}
