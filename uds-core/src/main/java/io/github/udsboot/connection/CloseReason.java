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

	/** Nothing happened for the idle timeout. */
	IDLE,

	/** The peer did not answer a PING. */
	UNRESPONSIVE,

	/** The peer is not allowed any more, since the list was changed. */
	UNAUTHORIZED,

	/** Newer connections without a valid frame took its place. */
	EVICTED,

	/** Memory for peers ran short, and the connection held the most. */
	MEMORY,

	/** The application closed the session, or its one exchange was over. */
	SESSION_CLOSED,

	/** The socket failed. */
	IO_ERROR,

	/** This side stops. */
	STOPPED

}
