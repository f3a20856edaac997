package io.github.udsboot.session;

import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;

/**
 * Whether and why a session has ended, in the words of the exceptions that tell it.
 * Thread-safe.
 */
final class SessionEnd {

	private final String name;

	private final LoopConnection connection;

	private final String path;

	private final LoopSession.Owner owner;

	private volatile boolean closing;

	/** The listener stops, and the time of the session has run out. */
	private volatile boolean stopping;

	/** Whether the peer has ever sent a message. */
	private volatile boolean heard;

	SessionEnd(String name, LoopConnection connection, String path, LoopSession.Owner owner) {
		this.name = name;
		this.connection = connection;
		this.path = path;
		this.owner = owner;
	}

	/** Note that the application has closed the session. */
	void close() {
		this.closing = true;
	}

	boolean isClosing() {
		return this.closing;
	}

	/** Note that the listener stops, and the time of the session has run out. */
	void stop() {
		this.stopping = true;
	}

	boolean isStopping() {
		return this.stopping;
	}

	/** Note that the peer has sent a message. */
	void heard() {
		if (!this.heard) {
			this.heard = true;
		}
	}

	/** Return an exception that says why the session is closed, and what follows. */
	UdsSessionClosedException exception(String consequence) {
		return exception(describe(), consequence);
	}

	UdsSessionClosedException exception(String end, String consequence) {
		return new UdsSessionClosedException("The session is closed (" + end + "); " + consequence, this.path,
				this.connection.closeCause());
	}

	/** Return who or what closed the session. */
	String describe() {
		CloseReason reason = this.connection.closeReason();
		if (reason == null && this.stopping) {
			return "'" + this.name + "' stops";
		}
		if (reason == null) {
			return this.closing ? "by this side"
					: "by the peer, which has ended its output or reads no more" + explainSilence();
		}
		return switch (reason) {
			case PEER_CLOSED -> "by the peer" + explainSilence();
			case SESSION_CLOSED -> "by this side";
			case STOPPED -> "'" + this.name + "' has stopped";
			case STALLED -> "the peer did not read for too long";
			case TRUNCATED -> "the peer ended in the middle of a message";
			case FRAME_TIMEOUT -> "a message that began did not end in time";
			case IDLE -> "it was idle for too long";
			case PROTOCOL_ERROR -> "the peer does not keep to the protocol: " + messageOfCause();
			case UNAUTHORIZED -> "the peer is not allowed any more";
			case MEMORY -> "it held most of the memory for peers, and there was too little";
			case IO_ERROR -> "the connection broke: " + messageOfCause();
			case FIRST_FRAME_TIMEOUT, EVICTED, UNRESPONSIVE -> reason.toString();
		};
	}

	private String explainSilence() {
		return this.heard ? "" : this.owner.explainSilence();
	}

	private String messageOfCause() {
		Throwable cause = this.connection.closeCause();
		return (cause != null) ? String.valueOf(cause.getMessage()) : "";
	}

}
