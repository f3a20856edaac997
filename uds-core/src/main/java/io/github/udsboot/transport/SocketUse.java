package io.github.udsboot.transport;

/**
 * What the kernel says about a socket file.
 */
public enum SocketUse {

	/** A process has a socket bound to this very file. */
	IN_USE,

	/** No process has one: the file is a leftover. */
	LEFTOVER,

	/** The kernel cannot be asked, or does not say. */
	UNKNOWN

}
