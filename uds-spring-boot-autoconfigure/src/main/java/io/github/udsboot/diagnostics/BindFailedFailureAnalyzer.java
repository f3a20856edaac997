package io.github.udsboot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.udsboot.transport.BindFailedException;

/**
 * Explains why a socket could not be bound.
 */
class BindFailedFailureAnalyzer extends AbstractFailureAnalyzer<BindFailedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, BindFailedException cause) {
		return new FailureAnalysis(Sentences.of(cause.getMessage()), cause.remedy() + " " + property(cause), cause);
	}

	private static String property(BindFailedException cause) {
		return switch (cause.reason()) {
			case PERMISSIONS -> "The properties 'uds.socket.permissions' and 'uds.socket.group' set the mode and the "
					+ "group of the default listener's socket.";
			case TRANSPORT_UNAVAILABLE ->
				"The property 'uds.socket.transport' sets the transport of the default listener.";
			case PATH_TOO_LONG, DIRECTORY_MISSING, NOT_A_DIRECTORY, DIRECTORY_NOT_WRITABLE, DIRECTORY_UNSAFE,
					LIVE_SERVER, SAME_JVM, NOT_A_SOCKET, FOREIGN_SOCKET, LOCK_UNUSABLE, OTHER ->
				"The property 'uds.socket.path' sets the path of the default listener.";
		};
	}

}
