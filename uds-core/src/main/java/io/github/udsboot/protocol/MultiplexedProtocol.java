package io.github.udsboot.protocol;

/**
 * A protocol of calls with routes, many of which share a connection. Its frames are
 * {@link RequestFrame}s and {@link ResponseFrame}s, with {@link DataFrame}s in between if
 * it has streams.
 */
public interface MultiplexedProtocol extends WireProtocol {

	/**
	 * Return the first stream id of a client.
	 * @return the first id
	 */
	long firstStreamId();

	/**
	 * Return the distance between two stream ids of a client.
	 * @return the distance
	 */
	int streamIdStep();

	/**
	 * Return the id at which a client retires its connection.
	 * @return the first id that is no longer used
	 */
	long retireStreamId();

	/**
	 * Return whether the protocol can express {@link ExtensionFrame}s, so that a client
	 * may announce in the metadata of a request that it understands them.
	 * @return whether it can, by default {@code false}
	 */
	default boolean hasExtensions() {
		return false;
	}

}
