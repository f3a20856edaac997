package io.github.udsboot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.route.AmbiguousRouteException;

/**
 * Explains which two handlers claim the same requests.
 */
class AmbiguousRouteFailureAnalyzer extends AbstractFailureAnalyzer<AmbiguousRouteException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, AmbiguousRouteException cause) {
		return new FailureAnalysis(
				String.format("Two handlers of the listener '%s' take the same requests:%n%n\t- %s%n\t- %s%n",
						cause.getListener(), describe(cause.getFirst()), describe(cause.getSecond())),
				"Change one of the routes, or give the handlers different listeners.", cause);
	}

	private static String describe(UdsRequestHandler handler) {
		return handler + (handler.isDefaultHandler() ? ", without a route" : ", route '" + handler.route() + "'");
	}

}
