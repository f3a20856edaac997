package io.github.udsboot.protocol.line;

/**
 * Whether a line names its handler.
 */
public enum LineRouting {

	/** The whole line is data, for the listener's default handler. */
	NONE,

	/**
	 * The first word of a line to a server, up to the first space, is its route; what
	 * follows that space is the payload. An answer has no route; a line that begins with
	 * {@code ERR} and a status is a failure.
	 */
	FIRST_WORD

}
