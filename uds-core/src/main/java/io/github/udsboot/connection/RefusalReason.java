package io.github.udsboot.connection;

/**
 * Why a connection was refused before a byte of it was read.
 */
public enum RefusalReason {

	/** The allow-list does not name the peer. */
	UNAUTHORIZED,

	/** The listener has all the connections it may have. */
	CONNECTIONS,

	/** The peer's user has all the connections it may have. */
	CONNECTIONS_OF_USER,

	/**
	 * There is no memory left for another connection, or for one of the peer's user.
	 */
	MEMORY,

	/** The peer's credentials could not be read. */
	NO_CREDENTIALS

}
