package io.github.udsboot.testsupport;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import io.github.udsboot.client.call.CallLimiter;
import io.github.udsboot.client.shared.ResponseReader;
import io.github.udsboot.client.shared.SharedConnection;

/**
 * Threads that make calls.
 */
public final class Callers {

	/** Far beyond what anything here takes, so that only what hangs hits it. */
	public static final Duration BOUND = Duration.ofSeconds(Integer.getInteger("uds.test.bound", 20));

	private static final Method OF_VIRTUAL = find(Thread.class, "ofVirtual");

	private Callers() {
	}

	/** Begin to wait for a condition, which is looked at often. */
	public static ConditionFactory await() {
		return Awaitility.await().atMost(BOUND).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

	private static Method find(Class<?> type, String name) {
		try {
			return type.getMethod(name);
		}
		catch (NoSuchMethodException ex) {
			return null;
		}
	}

	public static boolean hasVirtualThreads() {
		return OF_VIRTUAL != null;
	}

	public static Thread thread(boolean virtual, Runnable task) {
		if (!virtual) {
			return new Thread(task, "test-caller");
		}
		try {
			Object builder = OF_VIRTUAL.invoke(null);
			return (Thread) Class.forName("java.lang.Thread$Builder")
				.getMethod("unstarted", Runnable.class)
				.invoke(builder, task);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Run something in a platform thread of its own. */
	public static <T> Caller<T> start(Callable<T> task) {
		return start(false, task);
	}

	public static <T> Caller<T> start(boolean virtual, Callable<T> task) {
		FutureTask<T> future = new FutureTask<>(task);
		Thread thread = thread(virtual, future);
		thread.start();
		return new Caller<>(thread, future);
	}

	/** What has begun, and may not have ended. */
	public record Caller<T>(Thread thread, FutureTask<T> future) {

		public T result() throws Throwable {
			try {
				return this.future.get(BOUND.toSeconds(), TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				throw ex.getCause();
			}
			catch (TimeoutException ex) {
				IllegalStateException hangs = new IllegalStateException("The caller hangs");
				hangs.setStackTrace(this.thread.getStackTrace());
				throw hangs;
			}
		}

		/** Wait until it waits for its turn. */
		public void awaitTurn() {
			await().until(() -> (this.thread.getState() == Thread.State.TIMED_WAITING) && isIn(CallLimiter.class));
		}

		/** Wait until the thread reads for others. */
		public void awaitLeading() {
			await().until(() -> isIn(ResponseReader.class));
		}

		/** Wait until the thread sleeps until somebody reads for it. */
		public void awaitFollowing() {
			await().until(() -> (this.thread.getState() == Thread.State.TIMED_WAITING) && isIn(SharedConnection.class));
		}

		/** Return whether it is in a method; a constructor is not enough. */
		public boolean isIn(Class<?> type) {
			return Stream.of(this.thread.getStackTrace())
				.anyMatch((frame) -> frame.getClassName().equals(type.getName())
						&& !frame.getMethodName().equals("<init>"));
		}

	}

}
