package io.github.udsboot.protocol;

/**
 * Features beyond the protocol on which two peers may agree.
 */
public enum Extension {

	/** The server notices that a caller no longer wants an answer. */
	CANCEL,

	/** Either side answers when asked whether it is still there. */
	PING,

	/** The client notices that the server accepts no more requests. */
	GOAWAY,

	/**
	 * Deadlines are points on the clock of the host that both peers share, so that the
	 * time counts for which a request lies unread. Only if they were found to share one.
	 */
	DEADLINE

}
