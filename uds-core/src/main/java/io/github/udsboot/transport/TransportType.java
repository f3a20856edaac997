package io.github.udsboot.transport;

/**
 * The implementation that serves a socket.
 */
public enum TransportType {

	/** The JDK's, unless the address needs junixsocket. */
	AUTO,

	/** The JDK's Unix domain channels. */
	JDK,

	/**
	 * junixsocket: abstract names, paths of 107 bytes, and the peer's process id and
	 * numeric ids.
	 */
	JUNIXSOCKET

}
