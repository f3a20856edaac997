package io.github.udsboot.listener;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.udsboot.connection.BoundedCount;
import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.guard.LostFailures;

/**
 * Gives tasks to an executor of the application's, each as a task of its own and at most
 * so many at once; further ones wait in order. Such an executor may capture the context
 * of the thread that gives it a task, so that thread is never one that has just run
 * another task. It may also run the task right there, or wait for room: so it is not
 * called on an event loop, but in application code or on a thread of our own. It may even
 * drop a task: that is found out when the listener closes, and until then the task counts
 * as one that runs.
 */
final class ApplicationExecutor implements Executor {

	private static final long KEEP_ALIVE_SECONDS = 10;

	private final InterruptibleExecutor delegate;

	private final Executor fallback;

	/** Its thread has the context of no task. */
	private final ThreadPoolExecutor starter;

	private final BoundedCount running;

	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	private volatile boolean closed;

	/**
	 * Create an executor.
	 * @param name the listener's name, for the name of the thread
	 * @param delegate the application's executor
	 * @param capacity how many tasks may run at once
	 * @param fallback runs tasks that had to wait and are not taken then
	 */
	ApplicationExecutor(String name, Executor delegate, int capacity, Executor fallback) {
		this.delegate = new InterruptibleExecutor(delegate);
		this.running = new BoundedCount(capacity);
		this.fallback = fallback;
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
	 * thread, which has the context of no other task and may wait, or run this one.
	 * @param task the task, which throws nothing
	 * @throws RuntimeException if the executor takes no tasks: this one will not be run
	 */
	void executeHere(Runnable task) {
		if (!this.waiting.isEmpty() || !this.running.tryIncrement()) {
			enlist(task);
			// a task that ended meanwhile may have seen none wait
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
		while (!this.waiting.isEmpty() && this.running.tryIncrement()) {
			Runnable task = this.waiting.poll();
			if (task == null) {
				// another thread has taken it; the next look is at the tasks again
				this.running.decrement();
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
			if (slot.claim()) {
				this.running.decrement();
				DroppableTask.drop(task);
			}
		}
	}

	/**
	 * First counted out, then the look at who waits: {@link #execute} does it the other
	 * way round.
	 */
	private void release() {
		this.running.decrement();
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

	/**
	 * Interrupt what runs and start nothing more. What waits is dropped, and so is what
	 * the application's executor was given and has not begun: it may have dropped that
	 * without a word.
	 */
	void close() {
		// first the flag, then the tasks: enlist() does it the other way round
		this.closed = true;
		Runnable task = this.waiting.poll();
		while (task != null) {
			DroppableTask.drop(task);
			task = this.waiting.poll();
		}
		this.delegate.close();
		this.starter.shutdownNow();
	}

	/** A task that counts as running from before it is given away until it has ended. */
	private final class Slot extends AtomicBoolean implements DroppableTask {

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

		@Override
		public void dropped() {
			if (claim()) {
				ApplicationExecutor.this.running.decrement();
				DroppableTask.drop(this.task);
			}
		}

	}

}
