package io.github.udsboot.client.connection;

/**
 * How long a call waits for a connection.
 *
 * @param route the route, for the exceptions
 * @param deadline when the call's deadline passes
 * @param giveUp when to stop waiting for a server that is not there, at most the deadline
 */
public record ConnectDeadline(String route, long deadline, long giveUp) {
}
