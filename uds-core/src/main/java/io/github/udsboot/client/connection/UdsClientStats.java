package io.github.udsboot.client.connection;

/**
 * What a client has done so far and is doing now.
 *
 * @param name the client's name
 * @param address the path or abstract name that it connects to
 * @param connections the open connections
 * @param requestsInFlight the requests sent and not answered
 * @param connects how often a connection was made
 * @param connectFailures how often an attempt to connect failed
 */
public record UdsClientStats(String name, String address, int connections, int requestsInFlight, long connects,
		long connectFailures) {
}
