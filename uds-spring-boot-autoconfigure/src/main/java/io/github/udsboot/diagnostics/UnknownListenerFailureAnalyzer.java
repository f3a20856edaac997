package io.github.udsboot.diagnostics;

import java.util.Collection;
import java.util.TreeSet;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

import io.github.udsboot.handler.UnknownListenerException;

/**
 * Explains that handlers belong to listeners that do not exist.
 */
class UnknownListenerFailureAnalyzer extends AbstractFailureAnalyzer<UnknownListenerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownListenerException cause) {
		return new FailureAnalysis(
				"Methods with @UdsHandler name listeners that do not exist: " + quoted(cause.getUnknown())
						+ ". The known listeners are: " + quoted(cause.getKnown()) + ".",
				"Correct the names in @UdsHandler(listener = ...), or leave them out to use the default listener.",
				cause);
	}

	private static String quoted(Collection<String> names) {
		return StringUtils.collectionToDelimitedString(new TreeSet<>(names), ", ", "'", "'");
	}

}
