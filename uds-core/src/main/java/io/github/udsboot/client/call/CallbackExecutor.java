package io.github.udsboot.client.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.github.udsboot.guard.OnceTask;
import io.github.udsboot.guard.SureExecutor;

/**
 * A few daemon threads that complete futures by default, shared by all templates.
 */
public final class CallbackExecutor {

	private CallbackExecutor() {
	}

	public static Executor executor() {
		return SureExecutor.shared();
	}

	public static <T> CompletableFuture<T> supply(Supplier<T> task) {
		CompletableFuture<T> future = new CompletableFuture<>();
		SureExecutor.shared().execute(new OnceTask() {

			@Override
			protected void call() {
				try {
					future.complete(task.get());
				}
				catch (Throwable ex) {
					future.completeExceptionally(ex);
				}
			}

		});
		return future;
	}

}
