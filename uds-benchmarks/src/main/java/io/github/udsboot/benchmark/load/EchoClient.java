package io.github.udsboot.benchmark.load;

import java.util.concurrent.CompletableFuture;

/**
 * A client of an echo server, which sends and takes streams of items as well.
 * Thread-safe.
 */
public interface EchoClient extends AutoCloseable {

	/**
	 * Call and wait for the answer.
	 * @param payload the payload
	 * @return the same bytes
	 */
	byte[] echo(byte[] payload);

	/**
	 * Call a handler that lasts {@link Load#SLOW_CALL}.
	 * @param payload the payload
	 * @return the same bytes
	 */
	default byte[] echoSlowly(byte[] payload) {
		throw new UnsupportedOperationException("No slow calls are measured of this client");
	}

	/**
	 * Call without waiting.
	 * @param payload the payload
	 * @return completes with the same bytes
	 */
	default CompletableFuture<byte[]> echoAsync(byte[] payload) {
		throw new UnsupportedOperationException("No asynchronous calls are measured of this client");
	}

	/**
	 * Take items of a stream that the server does not end, until there are enough.
	 * @param item what each item is to be
	 * @param count counts items, and tells when there are enough
	 */
	default void takeItems(byte[] item, ItemCount count) {
		throw new UnsupportedOperationException("No streams are measured of this client");
	}

	/**
	 * Send items as one request until there are enough.
	 * @param item each item
	 * @param count counts items, and tells when there are enough
	 * @return how many items the server says have come
	 */
	default long sendItems(byte[] item, ItemCount count) {
		throw new UnsupportedOperationException("No uploads are measured of this client");
	}

	@Override
	void close();

}
