package io.github.udsboot.client.shared;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.ConnectFailedException;

/**
 * What {@link SharedConnections} does for its parts, which decide when it is to be done.
 */
interface Connector {

	/** Return a connection that takes calls now, {@code null} if there is none. */
	@Nullable SharedConnection ready();

	/**
	 * Make a connection, without waiting. The calling thread holds the lock.
	 * @param slot where to put it
	 */
	SharedConnection open(int slot) throws ConnectFailedException;

	/** Return the client's I/O thread, {@code null} before the first connection. */
	@Nullable IoThread io();

	boolean isClosed();

}
