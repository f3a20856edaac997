package io.github.udsboot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.udsboot.handler.route.InvalidRouteException;

/**
 * Explains what is wrong with the route of a handler.
 */
class InvalidRouteFailureAnalyzer extends AbstractFailureAnalyzer<InvalidRouteException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidRouteException cause) {
		String subject = cause.getRoute().isEmpty() ? "The" : "The route '" + cause.getRoute() + "' of the";
		return new FailureAnalysis(
				subject + " handler " + cause.getHandler() + " is invalid: " + Sentences.of(cause.getProblem()),
				"Change the handler or its route, which is made of the values of @UdsHandler on the class and on the method.",
				cause);
	}

}
