package io.github.udsboot.handler;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Finds the handler of a route among those of one listener. Immutable and thread-safe.
 */
public interface UdsRouter {

	/**
	 * Find the handler of a route.
	 * @param route the route that was called
	 * @return the match, or {@code null} when no handler knows the route
	 */
	@Nullable Match find(String route);

	/**
	 * Return the handler without a route, which serves protocols without routes;
	 * {@link #find} never does.
	 * @return the handler, or {@code null} when there is none
	 */
	@Nullable UdsRequestHandler defaultHandler();

	/**
	 * Return all handlers, with a route or without.
	 * @return the handlers, in no particular order
	 */
	Collection<UdsRequestHandler> handlers();

	/**
	 * Return whether there is no handler at all, with a route or without.
	 * @return {@code true} if there is none
	 */
	boolean isEmpty();

	/**
	 * A handler and what the variables of its route stand for.
	 *
	 * @param handler the handler
	 * @param variables the values of the route's variables, empty when it has none
	 */
	record Match(UdsRequestHandler handler, Map<String, String> variables) {

	}

}
