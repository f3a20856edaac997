package io.github.udsboot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.udsboot.client.service.InvalidExchangeException;

/**
 * Explains why an interface cannot be a typed client.
 */
class InvalidExchangeFailureAnalyzer extends AbstractFailureAnalyzer<InvalidExchangeException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidExchangeException cause) {
		return new FailureAnalysis(
				"The typed client " + cause.getExchange() + " is invalid: " + Sentences.of(cause.getProblem()),
				"Change the interface, or take it out of @ImportUdsExchanges.", cause);
	}

}
