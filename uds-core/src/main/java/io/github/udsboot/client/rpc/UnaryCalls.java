package io.github.udsboot.client.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.udsboot.client.call.CallRequest;

/**
 * Makes calls in a protocol that has routes. Works on payloads; knows nothing of
 * conversion.
 */
public interface UnaryCalls {

	/** Make a call that the current thread waits for. */
	byte[] call(CallRequest request, byte[] payload);

	/** Make a call that no thread waits for. */
	<T> CompletableFuture<T> callAsync(CallRequest request, byte[] payload, Function<byte[], T> conversion);

	/** Send a request to a server that was reached; only a failure is reported. */
	void send(CallRequest request, byte[] payload, Consumer<Throwable> failed);

}
