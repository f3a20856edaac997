package io.github.udsboot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

import io.github.udsboot.handler.method.InvalidHandlerException;

/**
 * Explains why a method cannot be a handler.
 */
class InvalidHandlerFailureAnalyzer extends AbstractFailureAnalyzer<InvalidHandlerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidHandlerException cause) {
		return new FailureAnalysis(
				"The handler " + cause.getHandler() + " is invalid: " + Sentences.of(cause.getProblem()),
				Sentences.of(StringUtils.capitalize(cause.getRemedy())), cause);
	}

}
