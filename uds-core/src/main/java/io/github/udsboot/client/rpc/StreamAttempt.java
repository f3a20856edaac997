package io.github.udsboot.client.rpc;

import java.util.concurrent.CompletableFuture;

import io.github.udsboot.interceptor.UdsClientResponse;

/**
 * One attempt to make a streaming call. What arrives for it after another has begun
 * belongs to neither.
 */
final class StreamAttempt {

	private final StreamCall call;

	private final CompletableFuture<UdsClientResponse> outcome = new CompletableFuture<>();

	StreamAttempt(StreamCall call) {
		this.call = call;
	}

	StreamCall call() {
		return this.call;
	}

	CompletableFuture<UdsClientResponse> outcome() {
		return this.outcome;
	}

	/** Add an item, unless it comes too late. */
	void add(byte[] item) {
		this.call.inbox().add(this, item);
	}

}
