package io.github.udsboot.protocol;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;

/**
 * A wire protocol: how the bytes of a connection become frames and back. Found by
 * {@link java.util.ServiceLoader} under its name, or handed over as an object.
 *
 * <p>
 * Implement one of the two kinds: {@link MultiplexedProtocol} where many calls share a
 * connection and stream ids tell them apart, {@link MessageProtocol} where messages
 * follow each other and nothing but their order ties an answer to its request.
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
	 * @param limits what the peer may send
	 * @return a new reader
	 */
	FrameReader newReader(Side side, FrameLimits limits);

	/**
	 * Return a writer.
	 * @param limits the greatest frame to be written
	 * @return a writer that may be shared among connections
	 */
	FrameWriter newWriter(FrameLimits limits);

	/**
	 * Return what tells a peer, of which nothing was decoded, that its connection is
	 * refused.
	 * @param status why
	 * @param message a message for the peer
	 * @return the bytes to send before the connection is closed, or {@code null}, which
	 * is the default, when the protocol has no word for it
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
