package io.github.udsboot;

import org.jspecify.annotations.Nullable;

/**
 * Sees the sessions of listeners open and close. As a bean, of all listeners whose
 * protocol has sessions: {@link UdsSession#getName()} tells which one. Runs where
 * handlers run, so a method may block. What a method throws is logged.
 */
public interface UdsSessionListener {

	/**
	 * A peer has connected. Nothing it sends goes to a handler before this returns; what
	 * is sent here, it gets right after the greeting.
	 * @param session the session
	 */
	default void sessionOpened(UdsSession session) {
	}

	/**
	 * The listener stops, and the session is about to end: what is sent here, the peer
	 * still gets. The session is closed when this has returned and the messages that have
	 * come are handled, but it does not wait for longer than
	 * {@code drain.stream-timeout}, 5 seconds by default. Called once at most, after
	 * {@link #sessionOpened} has returned, perhaps while a handler is at work.
	 * @param session the session, of which {@link UdsSession#isOpen()} is {@code false}
	 */
	default void sessionDraining(UdsSession session) {
	}

	/**
	 * A session has ended, of which {@link #sessionOpened} has returned. Called once per
	 * session, perhaps while a handler is still at work on what came before.
	 * @param session the session, which takes no more messages
	 * @param reason why it ended, for logs, such as {@code PEER_CLOSED}
	 * @param cause the failure behind it, or {@code null}
	 */
	default void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
	}

}
