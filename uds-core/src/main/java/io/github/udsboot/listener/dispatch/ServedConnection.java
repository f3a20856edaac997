package io.github.udsboot.listener.dispatch;

import java.time.Duration;

import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.listener.admission.PeerShare;

/**
 * A connection of a listener, as seen by a drain.
 */
public interface ServedConnection extends ConnectionHandler {

	/**
	 * How long last bytes may take: what is not written by then, the peer does not read.
	 */
	Duration LAST_WORDS = Duration.ofSeconds(1);

	/** The message for a peer that is cut off. */
	String REASON = "The server stops";

	/**
	 * End open-ended work, streams without a deadline and conversations, or everything
	 * that is left: stop the handlers, and tell the peer. {@link ConnectionListener} is
	 * told what is cut off. Call on the loop's owner.
	 * @param all whether calls are ended as well, and the connection with them
	 */
	void cutOff(boolean all);

	/** Return the connection's part of the shared resources. */
	PeerShare share();

	/** The kinds of work that can be under way on a connection. */
	enum Work {

		/** A call with one answer. */
		CALL,

		/** A call with items. */
		STREAM,

		/** A session. */
		SESSION

	}

}
