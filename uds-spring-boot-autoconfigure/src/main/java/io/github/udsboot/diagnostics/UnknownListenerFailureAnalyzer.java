package io.github.udsboot.diagnostics;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.handler.route.UnknownListenerException;

/**
 * Explains that handlers belong to listeners that do not exist.
 */
class UnknownListenerFailureAnalyzer extends AbstractFailureAnalyzer<UnknownListenerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownListenerException cause) {
		Set<String> unknown = cause.getUnknown();
		return new FailureAnalysis("Methods with @UdsHandler belong to listeners that do not exist: " + quoted(unknown)
				+ ". The known listeners are: " + quoted(cause.getKnown()) + ".", action(unknown), cause);
	}

	private static String action(Set<String> unknown) {
		if (unknown.contains(UdsHandlerEndpoint.DEFAULT_LISTENER)) {
			return "A method that names no listener belongs to the default one, which has no socket: set "
					+ "'uds.socket.path', or name a listener that exists in @UdsHandler(listener = ...).";
		}
		return "Correct the names in @UdsHandler(listener = ...), or leave them out to use the default listener. "
				+ "The property 'uds.listeners.<name>.path' makes a listener.";
	}

	private static String quoted(Collection<String> names) {
		return StringUtils.collectionToDelimitedString(new TreeSet<>(names), ", ", "'", "'");
	}

}
