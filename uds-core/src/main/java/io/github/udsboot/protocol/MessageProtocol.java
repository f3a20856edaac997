package io.github.udsboot.protocol;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;

/**
 * A protocol whose messages follow each other on a connection: an answer belongs to the
 * message before it, and either side may send at any time. Implement this for a custom
 * protocol.
 *
 * <p>
 * A reader turns bytes into {@link MessageFrame}s. It may also return an
 * {@link InvalidFrame} for a message to be refused, after which the connection continues,
 * and on the client side a {@link ResponseFrame} with a failure. A writer gets only
 * {@link MessageFrame}s.
 */
public interface MessageProtocol extends WireProtocol {

	/**
	 * Return whether messages name the route of their handler. Without routes, every
	 * message goes to the listener's default handler.
	 * @return whether there are routes, by default {@code false}
	 */
	default boolean isRouted() {
		return false;
	}

	/**
	 * Return whether a connection outlives its first exchange of a message and its
	 * answer, unless configured otherwise.
	 * @return whether it does, by default {@code true}
	 */
	default boolean keepsAlive() {
		return true;
	}

	/**
	 * Return the bytes with which a connection begins on the server side.
	 * @param greeting the configured text
	 * @return the bytes, by default the unchanged text in UTF-8
	 */
	default EncodedFrame encodeGreeting(String greeting) {
		return new EncodedFrame(greeting.getBytes(StandardCharsets.UTF_8), new byte[0]);
	}

	/**
	 * Return the bytes that tell the peer that its message led to no answer.
	 * @param status the outcome
	 * @param message a message for the peer
	 * @return the bytes to send instead of an answer, or {@code null}, which is the
	 * default, if the protocol cannot express it; the connection is then closed
	 */
	default @Nullable EncodedFrame encodeFailure(Status status, String message) {
		return null;
	}

	/**
	 * Return the bytes that tell a peer that its connection is refused. By default a
	 * failure if there are routes, as the peer then looks for failures; otherwise it
	 * would take the bytes for data.
	 */
	@Override
	default @Nullable EncodedFrame encodeRefusal(Status status, String message) {
		return isRouted() ? encodeFailure(status, message) : null;
	}

	/**
	 * Return the protocol for peers that end an answer by ending their output, in
	 * whatever chunks or messages it arrives.
	 * @return a protocol of the same name whose reader, on the client side, reads
	 * everything up to the end as one message, up to the maximum size of a frame
	 * @throws UnsupportedOperationException by default: the protocol itself says where a
	 * message ends
	 */
	default MessageProtocol untilEndOfInput() {
		throw new UnsupportedOperationException(
				"The protocol '" + name() + "' says itself where a message ends: leave 'read-until' at 'chunk'");
	}

}
