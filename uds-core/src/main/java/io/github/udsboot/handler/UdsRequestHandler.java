package io.github.udsboot.handler;

import java.util.Map;

import io.github.udsboot.annotation.Execution;

/**
 * What a route leads to.
 */
public interface UdsRequestHandler {

	/**
	 * Return the route as registered, with its variables ({@code orders.{id}.get}).
	 * @return the route pattern, empty for a default handler
	 */
	String route();

	/**
	 * Return whether this handler has no route and thus serves a protocol without routes
	 * only.
	 * @return {@code true} if the route is empty
	 */
	default boolean isDefaultHandler() {
		return route().isEmpty();
	}

	/**
	 * Return whether this handler asks for the session of a request, and thus serves
	 * protocols with sessions only.
	 * @return whether it does, by default not
	 */
	default boolean needsSession() {
		return false;
	}

	/**
	 * Return whether this handler takes the items of a stream, and thus must not run
	 * where they are read.
	 * @return whether it does, by default not
	 */
	default boolean takesItems() {
		return false;
	}

	/**
	 * Return which thread should run the handler.
	 * @return the execution
	 */
	Execution execution();

	/**
	 * Handle a request: run the handler and give its outcome, or the outcome that stands
	 * for its failure, to the callback. Throws nothing.
	 * @param request the request
	 * @param variables the values of the route's variables, empty when it has none
	 * @param callback takes the outcome, perhaps after this method has returned
	 */
	void handle(UdsRequest request, Map<String, String> variables, UdsReplyCallback callback);

	/**
	 * Return where the handler is found in the program, for messages.
	 * @return the class and the method, such as {@code com.acme.Orders.get(OrderId)}
	 */
	@Override
	String toString();

}
