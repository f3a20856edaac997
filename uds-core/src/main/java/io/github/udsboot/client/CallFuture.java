package io.github.udsboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What a user gets for a call without a thread.
 */
final class CallFuture<T> extends CompletableFuture<T> implements AsyncExchange.Recipient {

	private final Function<byte[], T> conversion;

	CallFuture(Function<byte[], T> conversion) {
		this.conversion = conversion;
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new CompletableFuture<>();
	}

	@Override
	public boolean isGone() {
		return isDone();
	}

	@Override
	public void answered(byte[] answer) {
		T value;
		try {
			value = this.conversion.apply(answer);
		}
		catch (RuntimeException | Error ex) {
			completeExceptionally(ex);
			return;
		}
		complete(value);
	}

	@Override
	public void failed(Throwable failure) {
		completeExceptionally(failure);
	}

}
