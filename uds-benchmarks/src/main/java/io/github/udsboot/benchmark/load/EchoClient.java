package io.github.udsboot.benchmark.load;

import java.util.concurrent.CompletableFuture;

/**
 * A client of an echo server. Thread-safe.
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

	@Override
	void close();

}
