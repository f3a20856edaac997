package io.github.udsboot.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.udsboot.listener.UdsListenerStartException;
import io.github.udsboot.transport.BindFailedException;

/**
 * Explains why a listener could not start for a reason other than its socket.
 */
class ListenerStartFailureAnalyzer extends AbstractFailureAnalyzer<UdsListenerStartException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UdsListenerStartException cause) {
		if (findCause(cause, BindFailedException.class) != null) {
			return null;
		}
		return new FailureAnalysis(Sentences.of(cause.getMessage()), action(cause.getCause()), cause);
	}

	private static String action(@Nullable Throwable reason) {
		if (reason instanceof UnsupportedOperationException) {
			return "Use what this Java has, or a newer one. The properties below 'uds.listener' say what the default "
					+ "listener uses, those below 'uds.listeners.<name>' what a listener with a name does.";
		}
		return "Review the properties below 'uds.socket' and 'uds.listener', those of a listener with a name below "
				+ "'uds.listeners.<name>', and the limits that the system sets this process (file descriptors, "
				+ "threads).";
	}

}
