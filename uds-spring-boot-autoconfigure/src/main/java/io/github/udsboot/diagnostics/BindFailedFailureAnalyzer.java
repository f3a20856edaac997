package io.github.udsboot.diagnostics;

import java.util.List;
import java.util.stream.Collectors;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * Explains why a socket could not be bound.
 */
class BindFailedFailureAnalyzer extends AbstractFailureAnalyzer<BindFailedException> {

	private static final String NAMED = "uds.listeners.<name>";

	private final ConfiguredNames names;

	BindFailedFailureAnalyzer(Environment environment) {
		this.names = new ConfiguredNames(environment);
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, BindFailedException cause) {
		List<String> sockets = this.names.socketsAt(cause.address());
		if (cause.reason() == Reason.SAME_JVM && sockets.size() > 1) {
			return new FailureAnalysis(
					"Several listeners are to listen on '" + cause.address() + "': the properties "
							+ quoted(sockets, "path") + " say so.",
					"Give each listener a path of its own, or disable all but one of them.", cause);
		}
		return new FailureAnalysis(Sentences.of(cause.getMessage()), cause.remedy() + " " + property(cause, sockets),
				cause);
	}

	private static String property(BindFailedException cause, List<String> sockets) {
		return switch (cause.reason()) {
			case PERMISSIONS -> "Mode and group of the socket are set by " + quoted(sockets, "permissions") + " and "
					+ quoted(sockets, "group") + ".";
			case TRANSPORT_UNAVAILABLE -> "The transport is set by " + quoted(sockets, "transport") + ".";
			case DIRECTORY_UNSAFE -> path(sockets) + " A shared directory is allowed by setting "
					+ quoted(sockets, "allow-shared-directory") + " to 'true'.";
			case LIVE_SERVER, SAME_JVM ->
				path(sockets) + " How long to wait for the other server to release it is set by "
						+ quoted(sockets, "wait-for-release") + ".";
			case PATH_TOO_LONG, DIRECTORY_MISSING, NOT_A_DIRECTORY, DIRECTORY_NOT_WRITABLE, NOT_A_SOCKET,
					FOREIGN_SOCKET, LOCK_UNUSABLE, PRIVATE_DIRECTORY, OTHER ->
				path(sockets);
		};
	}

	private static String path(List<String> sockets) {
		return "The path is set by " + quoted(sockets, "path") + ".";
	}

	/** Without a match the application has created the listener's options itself. */
	private static String quoted(List<String> sockets, String property) {
		if (sockets.isEmpty()) {
			return "'uds.socket." + property + "', or '" + NAMED + "." + property + "' of a listener with a name";
		}
		return sockets.stream()
			.map((prefix) -> "'" + prefix + "." + property + "'")
			.collect(Collectors.joining(" and "));
	}

}
