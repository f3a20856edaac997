package io.github.udsboot.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Does the same in many threads that begin together.
 */
final class AtOnce {

	private AtOnce() {
	}

	/**
	 * Let each thread do something and wait for all.
	 * @param threads how many threads
	 * @param work what to do, told the number of the thread
	 * @return what came of it, by the number of the thread
	 * @throws Exception if one of them failed
	 */
	static <T> List<T> run(int threads, IntFunction<T> work) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			CyclicBarrier start = new CyclicBarrier(threads);
			List<Future<T>> futures = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				int number = i;
				futures.add(executor.submit(() -> {
					start.await();
					return work.apply(number);
				}));
			}
			List<T> results = new ArrayList<>();
			for (Future<T> future : futures) {
				results.add(future.get());
			}
			return results;
		}
		finally {
			executor.shutdownNow();
		}
	}

}
