package io.github.udsboot.handler.route;

/**
 * A handler is registered for a route that cannot be called, or not in the way that the
 * handler expects.
 */
public class InvalidRouteException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String route;

	private final String handler;

	private final String problem;

	/**
	 * Create an exception.
	 * @param route the route, empty if the handler has none
	 * @param handler the handler method
	 * @param problem what is wrong with the route, and the remedy
	 */
	public InvalidRouteException(String route, String handler, String problem) {
		super((route.isEmpty() ? "Invalid handler " : "Invalid route '" + route + "' of ") + handler + ": " + problem);
		this.route = route;
		this.handler = handler;
		this.problem = problem;
	}

	/**
	 * Return the route.
	 * @return the route as declared
	 */
	public String getRoute() {
		return this.route;
	}

	/**
	 * Return the handler.
	 * @return the handler method
	 */
	public String getHandler() {
		return this.handler;
	}

	/**
	 * Return what is wrong.
	 * @return what is wrong with the route, and the remedy
	 */
	public String getProblem() {
		return this.problem;
	}

}
