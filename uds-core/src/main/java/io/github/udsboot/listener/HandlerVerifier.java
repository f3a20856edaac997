package io.github.udsboot.listener;

import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.handler.route.InvalidRouteException;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.WireProtocol;

/**
 * Finds handlers that the protocol of their listener could never call.
 */
final class HandlerVerifier {

	private HandlerVerifier() {
	}

	/**
	 * Check that all handlers can be called.
	 * @param router the router with the handlers
	 * @param options the listener's options
	 * @throws InvalidRouteException if a handler cannot be called, with the remedy
	 */
	static void check(UdsRouter router, UdsListenerOptions options) {
		WireProtocol protocol = options.getProtocol();
		boolean sessions = protocol instanceof MessageProtocol;
		boolean routes = !(protocol instanceof MessageProtocol messages) || messages.isRouted();
		String subject = "the protocol '" + protocol.name() + "' of listener '" + options.getName() + "' ";
		for (UdsRequestHandler handler : router.handlers()) {
			if (routes && handler.isDefaultHandler()) {
				throw unfit(handler, "it has no route, and " + subject
						+ "calls handlers by their route. Give it one, such as @UdsHandler(\"orders.get\")");
			}
			if (!routes && !handler.isDefaultHandler()) {
				throw unfit(handler,
						subject + "has no routes, all messages go to the one handler without a route. Leave the route "
								+ "out, or name another listener; 'line' has routes with 'line.routing: first-word'");
			}
			if (!sessions && handler.needsSession()) {
				throw unfit(handler, "the handler asks for a UdsSession, and " + subject
						+ "has none. Use 'line' or 'raw', or leave the parameter out");
			}
		}
	}

	private static InvalidRouteException unfit(UdsRequestHandler handler, String problem) {
		return new InvalidRouteException(handler.route(), handler.toString(), problem);
	}

}
