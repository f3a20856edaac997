package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * Callback that is told when sessions of listeners open and close. A bean of this type is
 * told by all listeners whose protocol has sessions; {@link UdsSession#getName()} tells
 * which one it is. Methods run where handlers run, so they may block. What they throw is
 * logged.
 */
public interface UdsSessionListener {

	/**
	 * A peer has connected. Nothing that it sends goes to a handler before this returns.
	 * What is sent here reaches the peer right after the greeting.
	 * @param session the session
	 */
	default void sessionOpened(UdsSession session) {
	}

	/**
	 * The listener stops, and the session is about to end: what is sent here still
	 * reaches the peer. The session is closed when this has returned and the messages
	 * that have arrived are handled, but after {@code drain.stream-timeout}, 5 seconds by
	 * default, at the latest. Called at most once, after {@link #sessionOpened} has
	 * returned, perhaps while a handler is running.
	 * @param session the session, of which {@link UdsSession#isOpen()} is {@code false}
	 */
	default void sessionDraining(UdsSession session) {
	}

	/**
	 * A session for which {@link #sessionOpened} has returned has ended. Called once per
	 * session, perhaps while a handler is still working on an earlier message.
	 * @param session the session, which accepts no more messages
	 * @param reason why it ended, for logs, such as {@code PEER_CLOSED}
	 * @param cause the failure behind it, or {@code null}
	 */
	default void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
	}

}
