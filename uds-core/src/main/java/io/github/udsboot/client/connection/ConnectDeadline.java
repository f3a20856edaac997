package io.github.udsboot.client.connection;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsException;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;

/**
 * How long a call waits for a connection, and what its outcome is if there is none: the
 * rule behind {@code wait-for-server}.
 *
 * @param route the route, for the exceptions; {@code null} in a protocol without routes
 * @param deadline when the call's deadline passes
 * @param giveUp when to stop waiting for a server that is not there, at most the deadline
 */
public record ConnectDeadline(@Nullable String route, long deadline, long giveUp) {

	/**
	 * Return how long a call waits for its connection.
	 * @param route the route, for the exceptions, if any
	 * @param startedAt when the call began
	 * @param deadline when the call's deadline passes, or {@link CallRequest#NO_DEADLINE}
	 * @param settings how the client reaches its server
	 * @return the deadline
	 */
	public static ConnectDeadline of(@Nullable String route, long startedAt, long deadline, ConnectSettings settings) {
		// a full backlog has a limit of its own, even if the call has none
		long bounded = (deadline == CallRequest.NO_DEADLINE) ? startedAt + Nanos.MAX : deadline;
		return new ConnectDeadline(route, bounded, giveUp(startedAt, bounded, settings));
	}

	/** Return when a call stops waiting for a server that is not there. */
	public static long giveUp(long startedAt, long deadline, ConnectSettings settings) {
		return earlier(startedAt + Nanos.of(settings.waitForServer()), deadline);
	}

	private static long earlier(long a, long b) {
		return (a - b < 0) ? a : b;
	}

	/**
	 * Return the outcome of a call after a failed attempt to connect.
	 * @param failure why there is no connection
	 * @param since when the call began to wait
	 * @param now the time
	 * @param settings how the client reaches its server
	 * @return the exception, {@code null} to go on waiting
	 */
	public @Nullable UdsException outcome(ConnectFailedException failure, long since, long now,
			ConnectSettings settings) {
		if (!failure.reason().isTransient() || now - limit(failure, since, settings) >= 0) {
			return CallFailures.noServer(failure, this.route, settings.path());
		}
		return (now - this.deadline >= 0) ? CallFailures.noConnectionInTime(this.route, settings.path(), failure)
				: null;
	}

	/**
	 * Return when {@link #outcome} changes, at the latest.
	 * @param failure why there is no connection, {@code null} if no attempt has failed
	 * @param since when the call began to wait
	 * @param settings how the client reaches its server
	 */
	public long outcomeChangesAt(@Nullable ConnectFailedException failure, long since, ConnectSettings settings) {
		return earlier((failure != null) ? limit(failure, since, settings) : this.giveUp, this.deadline);
	}

	/** A full backlog means that the server is there, which has a limit of its own. */
	private long limit(ConnectFailedException failure, long since, ConnectSettings settings) {
		return (failure.reason() == Reason.BACKLOG_FULL) ? since + Nanos.of(settings.connectTimeout()) : this.giveUp;
	}

}
