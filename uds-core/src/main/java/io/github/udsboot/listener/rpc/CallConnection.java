package io.github.udsboot.listener.rpc;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.ConnectionContext;

/**
 * A multiplexed connection of a listener, as seen by the calls on it. For any thread.
 */
interface CallConnection {

	LoopConnection connection();

	/** Return the connection's part of the shared resources. */
	PeerShare share();

	/**
	 * Return the contexts of the connection, {@code null} if there are none.
	 */
	@Nullable ConnectionContext context();

	/** Return whether calls that are not one-way have lost their caller. */
	boolean isLost();

	/** Return whether streams have lost their caller. */
	boolean areStreamsLost();

	/** Return whether the time of streams without a deadline is up. */
	boolean areStreamsOver();

	/**
	 * Note that a stream without a deadline has its outcome, or will get none.
	 */
	void openEndedStreamOver();

	/** Remove a call that has its outcome. */
	void removed(RequestCall call);

	/**
	 * Count a call that has its outcome as in flight until its handler's thread has left.
	 */
	void lingers();

	void endLingering();

}
