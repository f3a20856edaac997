package io.github.udsboot.protocol;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;

/**
 * A protocol whose messages follow each other on a connection: an answer belongs to the
 * message before it, and either side may speak at any time. The kind to implement for a
 * protocol of one's own.
 *
 * <p>
 * A reader turns bytes into {@link MessageFrame}s; it may also read an
 * {@link InvalidFrame} for a message that is to be refused, after which the connection
 * goes on, and on the client's side a {@link ResponseFrame} with a failure. A writer is
 * given {@link MessageFrame}s only.
 */
public interface MessageProtocol extends WireProtocol {

	/**
	 * Return whether messages name the route of their handler. Without routes every
	 * message goes to the listener's default handler.
	 * @return whether there are routes, by default not
	 */
	default boolean isRouted() {
		return false;
	}

	/**
	 * Return whether a connection outlives its first exchange, a message and its answer,
	 * unless the configuration says otherwise.
	 * @return whether it does, which is the default
	 */
	default boolean keepsAlive() {
		return true;
	}

	/**
	 * Return what a connection begins with on the server's side.
	 * @param greeting the configured text
	 * @return its bytes, by default the text in UTF-8 as it stands
	 */
	default EncodedFrame encodeGreeting(String greeting) {
		return new EncodedFrame(greeting.getBytes(StandardCharsets.UTF_8), new byte[0]);
	}

	/**
	 * Return what tells the peer that its message led to no answer.
	 * @param status the outcome
	 * @param message a message for the peer
	 * @return the bytes to send instead of an answer, or {@code null}, which is the
	 * default, when the protocol has no word for it: then the connection is closed
	 */
	default @Nullable EncodedFrame encodeFailure(Status status, String message) {
		return null;
	}

	/**
	 * Return what tells a peer that its connection is refused, by default as a failure
	 * where there are routes: there, the peer looks for failures. Elsewhere it would be
	 * taken for data.
	 */
	@Override
	default @Nullable EncodedFrame encodeRefusal(Status status, String message) {
		return isRouted() ? encodeFailure(status, message) : null;
	}

	/**
	 * Return the protocol for peers that end an answer with the end of their output, in
	 * whatever chunks or messages it comes.
	 * @return a protocol of the same name whose reader, on the client's side, reads all
	 * that comes to the end as one message, up to the greatest size of a frame
	 * @throws UnsupportedOperationException by default: the protocol itself says where a
	 * message ends
	 */
	default MessageProtocol untilEndOfInput() {
		throw new UnsupportedOperationException(
				"The protocol '" + name() + "' says itself where a message ends: leave 'read-until' at 'chunk'");
	}

}
