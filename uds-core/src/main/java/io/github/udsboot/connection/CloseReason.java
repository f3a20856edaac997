package io.github.udsboot.connection;

/**
 * Why a connection was closed.
 */
public enum CloseReason {

	/** The peer was done. */
	PEER_CLOSED,

	/** The peer ended in the middle of a frame. */
	TRUNCATED,

	/** The peer sent bytes that the protocol does not allow. */
	PROTOCOL_ERROR,

	/** No valid frame came in time. */
	FIRST_FRAME_TIMEOUT,

	/** A frame that began did not end in time. */
	FRAME_TIMEOUT,

	/** The peer did not read its answers. */
	STALLED,

	/** Nothing happened for the idle time-out. */
	IDLE,

	/** The peer did not answer the question whether it is there. */
	UNRESPONSIVE,

	/** Newer connections without a valid frame took the place. */
	EVICTED,

	/** The connection held most of the memory for peers, and there was too little. */
	MEMORY,

	/** The application closed the session, or its one exchange was over. */
	SESSION_CLOSED,

	/** The socket failed. */
	IO_ERROR,

	/** This side stops. */
	STOPPED

}
