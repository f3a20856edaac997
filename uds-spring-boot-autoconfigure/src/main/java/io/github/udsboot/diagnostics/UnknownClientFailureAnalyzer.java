package io.github.udsboot.diagnostics;

import java.util.List;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import io.github.udsboot.config.UnknownClientException;

/**
 * Explains that the client of a typed client is not configured.
 */
class UnknownClientFailureAnalyzer extends AbstractFailureAnalyzer<UnknownClientException> {

	private final Environment environment;

	UnknownClientFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownClientException cause) {
		List<String> clients = new ConfiguredNames(this.environment).clients();
		return new FailureAnalysis(
				"The typed client " + cause.getServiceType() + " belongs to the client '" + cause.getClient()
						+ "', which is not configured. The clients with a name are: "
						+ (clients.isEmpty() ? "none"
								: StringUtils.collectionToDelimitedString(clients, ", ", "'", "'"))
						+ ".",
				"Set the property 'uds.clients." + cause.getClient()
						+ ".path', or correct the name in @ImportUdsExchanges(client = ...).",
				cause);
	}

}
