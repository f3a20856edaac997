package io.github.udsboot.diagnostics;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import io.github.udsboot.config.ImportUdsExchanges;
import io.github.udsboot.config.UnknownClientException;

/**
 * Explains that the client of a typed client is not configured, or that this is a test of
 * part of the application in which there is none.
 */
class UnknownClientFailureAnalyzer extends AbstractInjectionFailureAnalyzer<UnknownClientException> {

	private final Environment environment;

	private final ConfiguredNames names;

	UnknownClientFailureAnalyzer(Environment environment) {
		this.environment = environment;
		this.names = new ConfiguredNames(environment);
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownClientException cause,
			@Nullable String description) {
		String typedClient = ((description != null) ? description + " required the typed client " : "The typed client ")
				+ cause.getServiceType();
		if (!this.environment.getProperty("uds.enabled", boolean.class, true)) {
			return new FailureAnalysis(
					typedClient + ((description != null) ? ", and" : " was imported, and")
							+ " Unix domain sockets are disabled by the property 'uds.enabled'.",
					"Remove the property 'uds.enabled', or define a bean of type UdsTemplate.", cause);
		}
		if (isConfigured(cause.getClient())) {
			return notPartOfThis(typedClient, cause);
		}
		return cause.getClient().equals(ImportUdsExchanges.DEFAULT_CLIENT) ? noPath(typedClient, cause)
				: unknownName(typedClient, cause);
	}

	private boolean isConfigured(String client) {
		return client.equals(ImportUdsExchanges.DEFAULT_CLIENT) ? this.names.isPrimaryClientConfigured()
				: this.environment.containsProperty("uds.clients." + client + ".path");
	}

	private static FailureAnalysis notPartOfThis(String typedClient, UnknownClientException cause) {
		String type = ClassUtils.getShortName(cause.getServiceType()).replace('$', '.');
		return new FailureAnalysis(
				typedClient + ", whose client '" + cause.getClient()
						+ "' is configured and not part of this application, as in a test of a slice.",
				"In a test, replace the typed client with @MockitoBean " + type + ", or add the client with "
						+ "@ImportAutoConfiguration({ UdsAutoConfiguration.class, UdsClientAutoConfiguration.class }). "
						+ "Otherwise, enable auto-configuration.",
				cause);
	}

	private FailureAnalysis noPath(String typedClient, UnknownClientException cause) {
		List<String> clients = this.names.clients();
		return new FailureAnalysis(
				typedClient + ", whose calls are made by the client without a name, and no property says where that "
						+ "should connect to.",
				"Set the property 'uds.socket.path' to the path of the socket, or 'uds.client.path' in an application "
						+ "that is only a client."
						+ (clients.isEmpty() ? ""
								: " Or name one of the other clients in @ImportUdsExchanges(client = ...): "
										+ quoted(clients) + ".")
						+ orMock(cause),
				cause);
	}

	private FailureAnalysis unknownName(String typedClient, UnknownClientException cause) {
		List<String> clients = this.names.clients();
		return new FailureAnalysis(
				typedClient + ", which belongs to the client '" + cause.getClient() + "', which is not configured. "
						+ "The clients with a name are: " + (clients.isEmpty() ? "none" : quoted(clients)) + ".",
				"Set the property 'uds.clients." + cause.getClient()
						+ ".path', or correct the name in @ImportUdsExchanges(client = ...)." + orMock(cause),
				cause);
	}

	private static String orMock(UnknownClientException cause) {
		return " In a test, replace the typed client with @MockitoBean "
				+ ClassUtils.getShortName(cause.getServiceType()).replace('$', '.') + ".";
	}

	private static String quoted(List<String> clients) {
		return StringUtils.collectionToDelimitedString(clients, ", ", "'", "'");
	}

}
