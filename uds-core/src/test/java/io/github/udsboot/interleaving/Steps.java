package io.github.udsboot.interleaving;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * What instrumented classes call; does nothing special on threads that are no actors. The
 * time of an interleaving stands still until an actor advances it.
 */
public final class Steps {

	static final ThreadLocal<Actor> CURRENT = new ThreadLocal<>();

	/** The threads that were started and have not begun. */
	private static final Map<Thread, Actor> STARTED = new ConcurrentHashMap<>();

	private Steps() {
	}

	// --- for scenarios and what they use

	/**
	 * Something that other threads may see or change is about to be read or written.
	 */
	public static void point() {
		Actor actor = CURRENT.get();
		if (actor != null) {
			actor.execution.step(actor);
		}
	}

	/**
	 * Sleep until something is so.
	 * @param awaited what the others bring about
	 */
	public static void await(BooleanSupplier awaited) {
		Actor actor = actor();
		actor.execution.await(actor, awaited);
	}

	/**
	 * Sleep until something is so, or the clock was advanced so far, or somebody
	 * interrupts the thread, which keeps the interrupt.
	 * @param awaited what the others bring about
	 * @param nanos for how long
	 */
	public static void await(BooleanSupplier awaited, long nanos) {
		Actor actor = actor();
		Thread thread = Thread.currentThread();
		Execution execution = actor.execution;
		long begun = execution.now();
		execution.await(actor,
				() -> awaited.getAsBoolean() || thread.isInterrupted() || execution.now() - begun >= nanos);
	}

	/**
	 * Let time pass: what waits for it may go on from now on.
	 * @param time how much
	 */
	public static void advanceClock(Duration time) {
		Actor actor = actor();
		actor.execution.step(actor);
		actor.execution.advance(time.toNanos());
	}

	private static Actor actor() {
		Actor actor = CURRENT.get();
		if (actor == null) {
			throw new IllegalStateException("Part of no interleaving: " + Thread.currentThread());
		}
		return actor;
	}

	// --- the clock

	/** In place of {@link System#nanoTime()}. */
	public static long nanoTime() {
		Actor actor = CURRENT.get();
		return (actor != null) ? actor.execution.now() : System.nanoTime();
	}

	// --- monitors

	/** In place of taking the monitor of an object. */
	public static void enter(Object object) {
		Actor actor = actor();
		actor.execution.enter(actor, object);
	}

	/** In place of giving it back. */
	public static void exit(Object object) {
		Actor actor = CURRENT.get();
		if (actor != null) {
			actor.execution.exit(actor, object);
		}
	}

	// --- threads

	/** In place of {@link LockSupport#parkNanos(Object, long)}. */
	public static void park(@Nullable Object blocker, long nanos) {
		Actor actor = CURRENT.get();
		if (actor == null) {
			LockSupport.parkNanos(blocker, nanos);
		}
		else if (nanos > 0) {
			await(() -> actor.permit, nanos);
			actor.permit = false;
		}
	}

	/** In place of {@link LockSupport#park(Object)}. */
	public static void park(@Nullable Object blocker) {
		park(blocker, Long.MAX_VALUE);
	}

	/** In place of {@link LockSupport#unpark(Thread)}. */
	public static void unpark(@Nullable Thread thread) {
		Actor actor = CURRENT.get();
		if (actor == null || !actor.execution.unpark(thread)) {
			LockSupport.unpark(thread);
		}
	}

	/** In place of {@link Thread#interrupt()}; who waits for it looks at the flag. */
	public static void interrupt(Thread thread) {
		thread.interrupt();
	}

	/** In place of {@link Thread#yield()}. */
	public static void yield() {
		Actor actor = CURRENT.get();
		if (actor == null) {
			Thread.yield();
		}
		else {
			actor.execution.yield(actor);
		}
	}

	/** In place of what a thread is to do: when the thread is started, it is an actor. */
	public static Runnable startable(Runnable task) {
		return new Startable(task);
	}

	/** In place of {@link Thread#start()}. */
	public static void start(Thread thread) {
		Actor actor = actor();
		STARTED.put(thread, actor.execution.spawn(thread));
		thread.start();
	}

	// --- latches and futures

	/** In place of {@link CountDownLatch#await()}. */
	public static void await(CountDownLatch latch) throws InterruptedException {
		await(latch, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
	}

	/** In place of {@link CountDownLatch#await(long, TimeUnit)}. */
	public static boolean await(CountDownLatch latch, long timeout, TimeUnit unit) throws InterruptedException {
		throwIfInterrupted();
		await(() -> latch.getCount() == 0, unit.toNanos(timeout));
		throwIfInterrupted();
		return latch.getCount() == 0;
	}

	/** In place of {@link CompletableFuture#get()}. */
	public static @Nullable Object get(CompletableFuture<?> future) throws InterruptedException, ExecutionException {
		throwIfInterrupted();
		await(future::isDone, Long.MAX_VALUE);
		throwIfInterrupted();
		return future.get();
	}

	/** In place of {@link CompletableFuture#get(long, TimeUnit)}. */
	public static @Nullable Object get(CompletableFuture<?> future, long timeout, TimeUnit unit)
			throws InterruptedException, ExecutionException, TimeoutException {
		throwIfInterrupted();
		await(future::isDone, unit.toNanos(timeout));
		throwIfInterrupted();
		return future.get(0, TimeUnit.NANOSECONDS);
	}

	/** In place of {@link CompletableFuture#join()}. */
	public static @Nullable Object join(CompletableFuture<?> future) {
		await(future::isDone);
		return future.join();
	}

	/** In place of {@link CompletableFuture#completeAsync(Supplier)}. */
	public static <T> CompletableFuture<T> completeAsync(CompletableFuture<T> future, Supplier<T> value) {
		return future.completeAsync(value, (task) -> start(new Thread(startable(task), "completes a future")));
	}

	private static void throwIfInterrupted() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	private record Startable(Runnable task) implements Runnable {

		@Override
		public void run() {
			Actor started = STARTED.remove(Thread.currentThread());
			if (started == null) {
				this.task.run();
			}
			else {
				started.run(this.task);
			}
		}

	}

}
