package io.github.udsboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes calls in a protocol that has routes. Works on payloads; knows nothing of
 * conversion.
 */
interface Calls {

	/** Make a call that the current thread waits for. */
	byte[] call(Request request, byte[] payload);

	/** Make a call that no thread waits for. */
	<T> CompletableFuture<T> callAsync(Request request, byte[] payload, Function<byte[], T> conversion);

	/** Send a request to a server that was reached; what comes of it is only reported. */
	void send(Request request, byte[] payload, Consumer<Throwable> failed);

}
