package io.github.udsboot.client;

/**
 * Where an answer ends, in a protocol without routes.
 */
public enum ReadUntil {

	/** With the message of the protocol: a line, or what one read returns. */
	CHUNK,

	/** With the end of the server's output, in whatever chunks it arrives. */
	EOF

}
