package io.github.udsboot.listener;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.udsboot.guard.LostFailures;

/**
 * Gives tasks to an executor of the application's, each as a task of its own and at most
 * so many at once; further ones wait in order. Such an executor may capture the context
 * of the thread that gives it a task, so that thread is never one that has just run
 * another task. It may also run the task right there, or wait for room: so it is not
 * called on an event loop, but in application code or on a thread of our own.
 */
final class ApplicationExecutor implements Executor {

	private static final long KEEP_ALIVE_SECONDS = 10;

	private final InterruptibleExecutor delegate;

	private final int capacity;

	private final Executor fallback;

	private final Consumer<Runnable> lost;

	/** Has no context of anybody's. */
	private final ThreadPoolExecutor starter;

	private final AtomicInteger running = new AtomicInteger();

	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	private volatile boolean closed;

	/**
	 * Create an executor.
	 * @param name the listener's name, for the name of the thread
	 * @param delegate the application's executor
	 * @param capacity how many tasks may run at once
	 * @param fallback runs tasks that had to wait and are not taken then
	 * @param lost told of those that the fallback does not take either
	 */
	ApplicationExecutor(String name, Executor delegate, int capacity, Executor fallback, Consumer<Runnable> lost) {
		this.delegate = new InterruptibleExecutor(delegate);
		this.capacity = capacity;
		this.fallback = fallback;
		this.lost = lost;
		this.starter = new ThreadPoolExecutor(0, 1, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				(task) -> {
					// nor with what the thread that first needs it has its children
					// inherit
					Thread thread = new Thread(null, task, "uds-" + name + "-pool-starter", 0, false);
					thread.setContextClassLoader(ApplicationExecutor.class.getClassLoader());
					thread.setDaemon(true);
					return thread;
				});
	}

	/**
	 * Run a task, now or when others have ended. Does not wait, on whichever thread.
	 * @param task the task, which throws nothing
	 * @throws RejectedExecutionException if this executor is closed; other failures to
	 * start a thread mean the same: the task will not be run
	 */
	@Override
	public void execute(Runnable task) {
		enlist(task);
		try {
			this.starter.execute(this::startAll);
		}
		catch (Throwable ex) {
			// unless it has been given away all the same
			if (this.waiting.remove(task)) {
				throw ex;
			}
		}
	}

	/**
	 * As {@link #execute}, by giving the task to the application's executor on this
	 * thread, which has no context of anybody's and may wait, or run the task.
	 * @param task the task, which throws nothing
	 * @throws RuntimeException if the executor takes no tasks: this one will not be run
	 */
	void executeHere(Runnable task) {
		if (!this.waiting.isEmpty() || !tryAcquire()) {
			enlist(task);
			// one that ran meanwhile may have seen nobody wait
			startAll();
			return;
		}
		Slot slot = new Slot(task);
		try {
			this.delegate.execute(slot);
		}
		catch (Throwable ex) {
			// unless it has the task all the same
			if (slot.claim()) {
				release();
				throw ex;
			}
		}
	}

	private void enlist(Runnable task) {
		this.waiting.add(task);
		if (this.closed && this.waiting.remove(task)) {
			throw new RejectedExecutionException("The listener is closed");
		}
	}

	/** Give the application's executor what waits, as long as there is room. */
	private void startAll() {
		while (!this.waiting.isEmpty() && tryAcquire()) {
			Runnable task = this.waiting.poll();
			if (task == null) {
				// another thread has taken it; the next look is at the tasks again
				this.running.decrementAndGet();
				continue;
			}
			start(task);
		}
	}

	private void start(Runnable task) {
		Slot slot = new Slot(task);
		try {
			this.delegate.execute(slot);
		}
		catch (Throwable ex) {
			if (slot.claim()) {
				startElsewhere(task);
			}
		}
	}

	/** Its turn has come, and it was promised to run. */
	private void startElsewhere(Runnable task) {
		Slot slot = new Slot(task);
		try {
			this.fallback.execute(slot);
		}
		catch (Throwable ex) {
			if (!slot.claim()) {
				return;
			}
			lose(task);
			this.running.decrementAndGet();
		}
	}

	private boolean tryAcquire() {
		int running = this.running.get();
		while (running < this.capacity) {
			if (this.running.compareAndSet(running, running + 1)) {
				return true;
			}
			running = this.running.get();
		}
		return false;
	}

	/**
	 * First counted out, then the look at who waits: {@link #execute} does it the other
	 * way round.
	 */
	private void release() {
		this.running.decrementAndGet();
		if (!this.waiting.isEmpty()) {
			try {
				this.starter.execute(this::startAll);
			}
			catch (Throwable ex) {
				// closed, or without a thread: better in another's context than never
				startAll();
			}
		}
	}

	/** Interrupt what runs and start nothing more; what waits is lost. */
	void close() {
		this.closed = true;
		this.delegate.close();
		this.starter.shutdownNow();
		Runnable task = this.waiting.poll();
		while (task != null) {
			lose(task);
			task = this.waiting.poll();
		}
	}

	private void lose(Runnable task) {
		try {
			this.lost.accept(task);
		}
		catch (Throwable ex) {
			LostFailures.log("A task that no thread takes has no outcome", ex);
		}
	}

	/** A task that counts as running from before it is given away until it has ended. */
	private final class Slot extends AtomicBoolean implements Runnable {

		private static final long serialVersionUID = 1;

		private final transient Runnable task;

		private Slot(Runnable task) {
			this.task = task;
		}

		/**
		 * Return whether this is the first: a task runs once, whatever an executor does.
		 */
		private boolean claim() {
			return compareAndSet(false, true);
		}

		@Override
		public void run() {
			if (claim()) {
				try {
					this.task.run();
				}
				catch (Throwable ex) {
					LostFailures.log("A task of a listener has failed", ex);
				}
				finally {
					release();
				}
			}
		}

	}

}
