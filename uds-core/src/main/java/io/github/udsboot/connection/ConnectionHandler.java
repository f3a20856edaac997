package io.github.udsboot.connection;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * Told what happens on the connections of an event loop. Called on the thread that owns
 * the loop; must not block except inside {@link LoopConnection#callOut}.
 */
public interface ConnectionHandler {

	/**
	 * Note that a connection is open, before anything is read from it. Frames corked here
	 * are written at once.
	 * @param connection the connection
	 */
	default void opened(LoopConnection connection) {
	}

	/**
	 * Take a frame.
	 * @param connection the connection that it came from
	 * @param frame the frame
	 * @return whether the calling thread still owns the loop: the result of
	 * {@link LoopConnection#callOut}, {@code true} if that was not called. Must throw
	 * nothing once that has returned {@code false}
	 */
	boolean frame(LoopConnection connection, Frame frame);

	/**
	 * Continue with what was taken before and had to wait. Called before frames are
	 * passed on, and after {@link LoopConnection#proceedSoon()}, even on a connection
	 * that was closed meanwhile.
	 * @param connection the connection
	 * @return as {@link #frame}
	 */
	default boolean proceed(LoopConnection connection) {
		return true;
	}

	/**
	 * Note that the peer has ended its output, after all earlier frames were taken.
	 * @param connection the connection
	 */
	default void inputEnded(LoopConnection connection) {
	}

	/**
	 * Note that this side begins to drain. What the peer has sent before still follows,
	 * and then {@link #drained}.
	 * @param connection the connection
	 */
	default void draining(LoopConnection connection) {
	}

	/**
	 * Note that from now on {@link LoopConnection#isEnding()} because this side drains:
	 * everything that the peer had sent before was taken.
	 * @param connection the connection
	 */
	default void drained(LoopConnection connection) {
	}

	/**
	 * Return whether to read on while more waits to be written than allowed. By default
	 * not: a peer that does not read its answers should not ask for more. But if both
	 * sides did so, two that send at once could wait for each other forever; so a client
	 * reads on.
	 * @return whether to read on
	 */
	default boolean readsOnWhenFull() {
		return false;
	}

	/**
	 * Return whether a peer that no longer reads is still worth reading from: by default
	 * not, as it has no use for the answers.
	 * @return whether to read on
	 */
	default boolean readsOnWhenUnread() {
		return false;
	}

	/**
	 * Return whether a peer that has vanished without reading what was written to it is
	 * treated like one that has ended its output and reads no more: what it had sent is
	 * handled before the connection is closed. By default not.
	 * @return whether to finish what was taken
	 */
	default boolean outlastsPeer() {
		return false;
	}

	/**
	 * Return whether a peer that has closed without having read everything has ended its
	 * output like any other: nothing that it sent is missing, and its last message may be
	 * one that only the end of the input ends. By default not.
	 * @return whether a reset counts as the end of the input
	 */
	default boolean takesResetAsEnd() {
		return false;
	}

	/**
	 * Return whether nothing under way is worth finishing once the peer is gone
	 * altogether, rather than having only ended its output: the connection is then
	 * closed. By default what was taken is finished.
	 * @return whether to check for the peer while nothing is read from it
	 */
	default boolean needsPeer() {
		return false;
	}

	/**
	 * Return whether a drain gives a peer that has just connected a second for its first
	 * frame, in order to refuse it: from a closed connection it could not tell that
	 * nothing was done. By default not.
	 * @return whether to wait
	 */
	default boolean refusesFirstFrame() {
		return false;
	}

	/**
	 * Note that a connection is closed.
	 * @param connection the connection
	 * @param reason why
	 * @param cause the failure behind it, if any
	 */
	void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause);

}
