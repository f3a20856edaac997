package io.github.udsboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;

/**
 * A few daemon threads that complete futures where nothing else is given, shared by all
 * templates. A fork-join pool, which gets further threads while some of its own wait for
 * a future.
 */
final class CallbackThreads {

	private static final ForkJoinPool POOL = new ForkJoinPool(Math.max(2, Runtime.getRuntime().availableProcessors()),
			ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);

	private CallbackThreads() {
	}

	static Executor executor() {
		return POOL;
	}

	static void execute(Runnable task) {
		POOL.execute(task);
	}

	static <T> CompletableFuture<T> supply(Supplier<T> task) {
		return CompletableFuture.supplyAsync(task, POOL);
	}

}
