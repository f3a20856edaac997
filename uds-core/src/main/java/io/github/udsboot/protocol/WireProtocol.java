package io.github.udsboot.protocol;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;

/**
 * A wire protocol: how the bytes of a connection become frames and back. Found under its
 * name by {@link java.util.ServiceLoader}, or passed as an object.
 *
 * <p>
 * Implement one of the two kinds: {@link MultiplexedProtocol} if many calls share a
 * connection and stream ids distinguish them, {@link MessageProtocol} if messages follow
 * each other and only their order ties an answer to its request.
 */
public interface WireProtocol {

	/**
	 * Return the name that selects the protocol in the configuration.
	 * @return the name, in lower case
	 */
	String name();

	/**
	 * Create the reader of one connection.
	 * @param side the side of the connection that reads
	 * @param limits the limits for what the peer may send
	 * @return a new reader
	 */
	FrameReader newReader(Side side, FrameLimits limits);

	/**
	 * Return a writer.
	 * @param limits the maximum size of a written frame
	 * @return a writer that may be shared among connections
	 */
	FrameWriter newWriter(FrameLimits limits);

	/**
	 * Return the bytes that tell a peer that its connection is refused, when nothing of
	 * what it sent has been decoded.
	 * @param status the reason
	 * @param message a message for the peer
	 * @return the bytes to send before the connection is closed, or {@code null}, which
	 * is the default, if the protocol cannot express it
	 */
	default @Nullable EncodedFrame encodeRefusal(Status status, String message) {
		return null;
	}

	/** The two sides of a connection. */
	enum Side {

		/** The side that connected. */
		CLIENT,

		/** The side that accepted. */
		SERVER

	}

}
