package io.github.udsboot.protocol;

/**
 * What two peers may agree upon beyond a protocol that has no place for it.
 */
public enum Extension {

	/** The server takes note that a caller wants no answer any more. */
	CANCEL,

	/** Either side answers the question whether it is still there. */
	PING,

	/** The client takes note that the server takes no more requests. */
	GOAWAY,

	/**
	 * Deadlines are points on the clock of the host that both are on, so that the time
	 * counts that a request lies unread. Only where it was found that they share one.
	 */
	DEADLINE

}
