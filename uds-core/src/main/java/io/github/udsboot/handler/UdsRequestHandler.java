package io.github.udsboot.handler;

import java.util.Map;

import io.github.udsboot.annotation.Execution;

/**
 * What a route leads to.
 */
public interface UdsRequestHandler {

	/**
	 * Return the route as registered, with its variables ({@code orders.{id}.get}).
	 * @return the route pattern
	 */
	String route();

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

}
