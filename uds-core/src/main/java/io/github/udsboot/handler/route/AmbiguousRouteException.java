package io.github.udsboot.handler.route;

import io.github.udsboot.handler.UdsRequestHandler;

/**
 * Two handlers of one listener want the same requests.
 */
public class AmbiguousRouteException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final String listener;

	private final transient UdsRequestHandler first;

	private final transient UdsRequestHandler second;

	/**
	 * Create an exception.
	 * @param listener the name of the listener
	 * @param first the handler that was registered first
	 * @param second the other handler
	 */
	public AmbiguousRouteException(String listener, UdsRequestHandler first, UdsRequestHandler second) {
		super("Ambiguous routes on listener '" + listener + "': " + describe(first) + " and " + describe(second)
				+ " take the same requests. Change one of the routes, or give the handlers different listeners");
		this.listener = listener;
		this.first = first;
		this.second = second;
	}

	private static String describe(UdsRequestHandler handler) {
		return handler.isDefaultHandler() ? handler + " (no route)" : handler + " ('" + handler.route() + "')";
	}

	/**
	 * Return the listener.
	 * @return the name of the listener
	 */
	public String getListener() {
		return this.listener;
	}

	/**
	 * Return the handler that was registered first.
	 * @return the handler
	 */
	public UdsRequestHandler getFirst() {
		return this.first;
	}

	/**
	 * Return the other handler.
	 * @return the handler
	 */
	public UdsRequestHandler getSecond() {
		return this.second;
	}

}
