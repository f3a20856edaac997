package io.github.udsboot.client.call;

/**
 * What a request says beyond its protocol, which depends on what is known of the server.
 */
public enum RequestForm {

	/** What any server understands. */
	PLAIN,

	/**
	 * The first of a connection: what this client understands, which clock it has, and
	 * the deadline on that.
	 */
	ANNOUNCING,

	/**
	 * Sent before the server has said what it understands: the deadline on this client's
	 * clock as well.
	 */
	EARLY,

	/** The deadline is a point on the clock that the server was found to share. */
	ON_HOST_CLOCK

}
