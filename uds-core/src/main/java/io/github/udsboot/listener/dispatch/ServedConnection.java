package io.github.udsboot.listener.dispatch;

import java.time.Duration;

import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.listener.admission.PeerShare;

/**
 * A connection of a listener, as a drain sees it.
 */
public interface ServedConnection extends ConnectionHandler {

	/** What is not written then, the peer does not read. */
	Duration LAST_WORDS = Duration.ofSeconds(1);

	/** What a peer is told that is cut off. */
	String REASON = "The server stops";

	/**
	 * End what has no end of its own, streams without a deadline and conversations, or
	 * all that is left: stop the handlers, and tell the peer. What is cut off is told to
	 * {@link ConnectionListener}. Call on the loop's owner.
	 * @param all whether calls are ended as well, and the connection with them
	 */
	void cutOff(boolean all);

	/** Return what the connection may take of what all share. */
	PeerShare share();

	/** What can be under way on a connection. */
	enum Work {

		/** A call with one answer. */
		CALL,

		/** A call with items. */
		STREAM,

		/** A session. */
		SESSION

	}

}
