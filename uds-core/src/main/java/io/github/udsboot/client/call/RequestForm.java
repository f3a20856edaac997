package io.github.udsboot.client.call;

/**
 * What a request contains beyond its protocol, which depends on what is known about the
 * server.
 */
public enum RequestForm {

	/** The form that any server understands. */
	PLAIN,

	/**
	 * The first of a connection: what this client understands, which clock it has, and
	 * the deadline on that clock.
	 */
	ANNOUNCING,

	/**
	 * Sent before the server has announced what it understands: includes the deadline on
	 * this client's clock.
	 */
	EARLY,

	/** The deadline is a time on the clock that the server was found to share. */
	ON_HOST_CLOCK

}
