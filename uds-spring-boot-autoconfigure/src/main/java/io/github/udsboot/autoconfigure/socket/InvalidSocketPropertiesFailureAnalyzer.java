package io.github.udsboot.autoconfigure.socket;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains what is wrong with the properties of a listener or of a client.
 */
class InvalidSocketPropertiesFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSocketPropertiesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidSocketPropertiesException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.getRemedy(), cause);
	}

}
