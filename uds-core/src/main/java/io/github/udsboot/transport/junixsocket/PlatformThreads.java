package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Keeps virtual threads away from junixsocket's descriptors. junixsocket makes them wait
 * for a shared poller that has as many workers as there are cores: with three idle
 * readers on two cores the third one keeps sleeping although its data is there
 * (junixsocket issue 172). So a call from a virtual thread is made by a platform thread;
 * a few of these are enough because no call blocks.
 */
final class PlatformThreads {

	private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

	private static final int IDLE_SECONDS = 10;

	private static final @Nullable MethodHandle IS_VIRTUAL = findIsVirtual();

	private static final ThreadPoolExecutor executor = createExecutor();

	private PlatformThreads() {
	}

	private static @Nullable MethodHandle findIsVirtual() {
		try {
			return MethodHandles.publicLookup()
				.findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
		}
		catch (ReflectiveOperationException ex) {
			// Before Java 21 every thread is a platform thread
			return null;
		}
	}

	private static ThreadPoolExecutor createExecutor() {
		AtomicInteger number = new AtomicInteger();
		ThreadPoolExecutor created = new ThreadPoolExecutor(THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), (task) -> {
					Thread thread = new Thread(null, task, "uds-junixsocket-io-" + number.incrementAndGet(), 0, false);
					thread.setDaemon(true);
					// Not the caller's: the pool outlives the application that uses it
					thread.setContextClassLoader(PlatformThreads.class.getClassLoader());
					return thread;
				});
		created.allowCoreThreadTimeOut(true);
		return created;
	}

	/**
	 * Return whether the current thread is virtual.
	 * @return {@code true} on a virtual thread
	 */
	static boolean isVirtual() {
		if (IS_VIRTUAL == null) {
			return false;
		}
		try {
			return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Make a call that does not block, on this thread or, if it is virtual, on a platform
	 * thread. An interrupt does not end the wait; the flag is kept.
	 * @param <T> the type of the result
	 * @param call the call
	 * @return its result
	 * @throws IOException if the call fails
	 */
	static <T> T call(IoCall<T> call) throws IOException {
		return isVirtual() ? callElsewhere(call) : call.run();
	}

	private static <T> T callElsewhere(IoCall<T> call) throws IOException {
		FutureTask<T> task = new FutureTask<>(call::run);
		executor.execute(task);
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return task.get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		catch (ExecutionException ex) {
			throw rethrow(ex.getCause());
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static IOException rethrow(@Nullable Throwable cause) {
		if (cause instanceof IOException failure) {
			return failure;
		}
		if (cause instanceof RuntimeException failure) {
			throw failure;
		}
		if (cause instanceof Error error) {
			throw error;
		}
		return new IOException(cause);
	}

	/**
	 * A call that does not block.
	 *
	 * @param <T> the type of the result
	 */
	@FunctionalInterface
	interface IoCall<T> {

		T run() throws IOException;

	}

}
