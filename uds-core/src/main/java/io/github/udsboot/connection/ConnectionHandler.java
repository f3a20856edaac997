package io.github.udsboot.connection;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * Told what happens on the connections of an event loop. Called on the thread that owns
 * the loop; must not block except inside of {@link LoopConnection#callOut}.
 */
public interface ConnectionHandler {

	/**
	 * Take note that a connection is there, before anything is read from it. What is
	 * corked here is written at once.
	 * @param connection the connection
	 */
	default void opened(LoopConnection connection) {
	}

	/**
	 * Take a frame.
	 * @param connection where it came from
	 * @param frame the frame
	 * @return whether the calling thread still owns the loop: what
	 * {@link LoopConnection#callOut} said, {@code true} when that was not called. Must
	 * throw nothing once that has said {@code false}
	 */
	boolean frame(LoopConnection connection, Frame frame);

	/**
	 * Go on with what was taken before and had to wait. Called before frames are, and
	 * after {@link LoopConnection#proceedSoon()}, even on a connection that was closed
	 * meanwhile.
	 * @param connection the connection
	 * @return as {@link #frame}
	 */
	default boolean proceed(LoopConnection connection) {
		return true;
	}

	/**
	 * Take note that the peer has ended its output, after all frames before were taken.
	 * @param connection the connection
	 */
	default void inputEnded(LoopConnection connection) {
	}

	/**
	 * Take note that this side begins to drain. What the peer has sent before is still to
	 * come, and {@link #drained} follows then.
	 * @param connection the connection
	 */
	default void draining(LoopConnection connection) {
	}

	/**
	 * Take note that from now on {@link LoopConnection#isEnding()} because this side
	 * drains: all that the peer had sent before was taken.
	 * @param connection the connection
	 */
	default void drained(LoopConnection connection) {
	}

	/**
	 * Return whether to read on while more waits to be written than may. By default not:
	 * a peer that does not read its answers is not to ask for more. But if both sides
	 * acted so, two that send at once could wait for each other for ever; so a client
	 * reads on.
	 * @return whether to read on
	 */
	default boolean readsOnWhenFull() {
		return false;
	}

	/**
	 * Return whether a peer that does not read any more is still worth reading from: by
	 * default not, as it has no use for the answers.
	 * @return whether to read on
	 */
	default boolean readsOnWhenUnread() {
		return false;
	}

	/**
	 * Return whether a peer that has vanished, leaving unread what was written to it, is
	 * like one that has ended its output and reads no more: what it had sent is handled
	 * before the connection is closed. By default not.
	 * @return whether to finish what was taken
	 */
	default boolean outlastsPeer() {
		return false;
	}

	/**
	 * Return whether a peer that has closed without having read all has ended its output
	 * as any other: nothing of what it sent is missing, and the last message may be one
	 * that only the end of the input ends. By default not.
	 * @return whether a reset counts as the end of the input
	 */
	default boolean takesResetAsEnd() {
		return false;
	}

	/**
	 * Return whether nothing that is under way is worth its while once the peer has gone
	 * altogether, and not only ended its output: the connection is closed then. By
	 * default what was taken is finished.
	 * @return whether to look for the peer while nothing is read from it
	 */
	default boolean needsPeer() {
		return false;
	}

	/**
	 * Return whether a drain leaves a peer that has just connected a second for its first
	 * frame, to refuse it: it could not tell from a closed connection that nothing was
	 * done. By default not.
	 * @return whether to wait
	 */
	default boolean refusesFirstFrame() {
		return false;
	}

	/**
	 * Take note that a connection is closed.
	 * @param connection the connection
	 * @param reason why
	 * @param cause the failure behind it, if any
	 */
	void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause);

}
