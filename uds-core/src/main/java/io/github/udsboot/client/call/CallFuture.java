package io.github.udsboot.client.call;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.LostFailures;

/**
 * The future that a user gets for a call that no thread waits for.
 */
public final class CallFuture<T> extends CompletableFuture<T> implements CallRecipient {

	private final Function<byte[], T> conversion;

	private volatile @Nullable Runnable cancellation;

	public CallFuture(Function<byte[], T> conversion) {
		this.conversion = conversion;
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new CompletableFuture<>();
	}

	/** Set what to run if this is completed by anything other than the call. */
	public void endWith(Runnable cancellation) {
		this.cancellation = cancellation;
		if (isDone()) {
			run(cancellation);
		}
	}

	@Override
	public boolean isGone() {
		return isDone();
	}

	@Override
	public void answered(byte[] answer) {
		this.cancellation = null;
		T value;
		try {
			value = this.conversion.apply(answer);
		}
		catch (Throwable ex) {
			super.completeExceptionally(ex);
			return;
		}
		super.complete(value);
	}

	@Override
	public void failed(Throwable failure) {
		this.cancellation = null;
		super.completeExceptionally(failure);
	}

	// --- by a caller that no longer wants to wait

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		return gone(super.cancel(mayInterruptIfRunning));
	}

	@Override
	public boolean complete(T value) {
		return gone(super.complete(value));
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		return gone(super.completeExceptionally(failure));
	}

	private boolean gone(boolean first) {
		Runnable cancellation = this.cancellation;
		if (first && cancellation != null) {
			run(cancellation);
		}
		return first;
	}

	/**
	 * Run a cancellation. Its failure is not that of the caller, which has completed the
	 * future.
	 */
	private static void run(Runnable cancellation) {
		try {
			cancellation.run();
		}
		catch (Throwable ex) {
			LostFailures.log("A call whose caller has gone could not be ended", ex);
		}
	}

}
