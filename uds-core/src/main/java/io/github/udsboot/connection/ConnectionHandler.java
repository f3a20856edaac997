package io.github.udsboot.connection;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * Told what happens on the connections of an event loop. Called on the thread that owns
 * the loop; must not block except inside of {@link EventLoop#callOut}.
 */
public interface ConnectionHandler {

	/**
	 * Take a frame.
	 * @param connection where it came from
	 * @param frame the frame
	 * @return whether the calling thread still owns the loop: what
	 * {@link EventLoop#callOut} said, {@code true} when that was not called. Must throw
	 * nothing once that has said {@code false}
	 */
	boolean frame(LoopConnection connection, Frame frame);

	/**
	 * Take note that a connection is closed.
	 * @param connection the connection
	 * @param reason why
	 * @param cause the failure behind it, if any
	 */
	void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause);

}
