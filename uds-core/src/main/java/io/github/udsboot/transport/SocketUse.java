package io.github.udsboot.transport;

/**
 * What the kernel says of a socket file.
 */
public enum SocketUse {

	/** A process has a socket bound to this very file. */
	IN_USE,

	/** No process has: the file is a leftover. */
	LEFTOVER,

	/** It cannot be asked, or does not say. */
	UNKNOWN

}
