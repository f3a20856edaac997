package io.github.udsboot.listener.dispatch;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.FairQueue;
import io.github.udsboot.connection.FairQueue.Turn;
import io.github.udsboot.connection.ThreadShare;
import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.guard.LostFailures;

/**
 * Passes tasks to an executor of the application, each as a task of its own, a limited
 * number at once, and of each connection no more than its share; further ones wait, and
 * have their turn one connection after the other. Such an executor may capture the
 * context of the thread that submits a task, so that thread is never one that has just
 * run another task. It may also run the task on that thread, or wait for room: so it is
 * not called on an event loop, but in application code or on a thread of the listener. It
 * may even drop a task: that is noticed when the listener closes, and until then the task
 * counts as running.
 */
final class ApplicationExecutor {

	private static final long KEEP_ALIVE_SECONDS = 10;

	private final InterruptibleExecutor delegate;

	private final Executor fallback;

	/** Submits tasks that had to wait; its thread has the context of no task. */
	private final ThreadPoolExecutor starter;

	private final FairQueue queue;

	/**
	 * Create an executor.
	 * @param name the listener's name, for the name of the thread
	 * @param delegate the application's executor
	 * @param capacity the number of tasks that may run at once
	 * @param fallback runs tasks that had to wait and that the delegate does not take
	 */
	ApplicationExecutor(String name, Executor delegate, int capacity, Executor fallback) {
		this.delegate = new InterruptibleExecutor(delegate);
		this.queue = new FairQueue(capacity);
		this.fallback = fallback;
		this.starter = new ThreadPoolExecutor(0, 1, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				(task) -> {
					// nor does it inherit anything from the thread that first needs it
					Thread thread = new Thread(null, task, "uds-" + name + "-pool-starter", 0, false);
					thread.setContextClassLoader(ApplicationExecutor.class.getClassLoader());
					thread.setDaemon(true);
					return thread;
				});
	}

	/**
	 * Run a task, now or when others have ended. Does not wait, and may be called on any
	 * thread.
	 * @param share the share that it belongs to
	 * @param task the task, which throws nothing
	 * @throws RejectedExecutionException if this executor is closed; other failures to
	 * start a thread mean the same: the task will not be run
	 */
	void execute(ThreadShare share, Runnable task) {
		Turn turn = this.queue.add(share, task);
		if (turn == null) {
			return;
		}
		try {
			this.starter.execute(new Start(turn));
		}
		catch (Throwable ex) {
			// unless it was handed out after all
			if (this.queue.takeBack(turn, share, task)) {
				throw ex;
			}
		}
	}

	/**
	 * As {@link #execute}, but submit the task to the application's executor on this
	 * thread, which has the context of no other task and may wait, or run this one.
	 * @param share the share that it belongs to
	 * @param task the task, which throws nothing
	 * @throws RuntimeException if the executor takes no tasks: this one will not be run
	 */
	void executeHere(ThreadShare share, Runnable task) {
		Turn turn = this.queue.add(share, task);
		if (turn == null || turn.task() != task) {
			// what had to wait has the context of no other task
			startSoon(turn);
			return;
		}
		Slot slot = new Slot(turn);
		try {
			this.delegate.execute(slot);
		}
		catch (Throwable ex) {
			// unless the executor has the task after all
			if (slot.claim()) {
				release(share);
				throw ex;
			}
		}
	}

	/** Submit a task that had to wait to the application's executor. */
	private void start(Turn first) {
		Turn turn = first;
		while (turn != null) {
			Slot slot = new Slot(turn);
			Turn next = null;
			try {
				this.delegate.execute(slot);
			}
			catch (Throwable ex) {
				if (slot.claim()) {
					next = startElsewhere(turn);
				}
			}
			turn = next;
		}
	}

	/**
	 * Run a task on the fallback: it is its turn, and it was promised to run.
	 * @return the next task, if there is no thread at all for this one
	 */
	private @Nullable Turn startElsewhere(Turn turn) {
		Slot slot = new Slot(turn);
		try {
			this.fallback.execute(slot);
		}
		catch (Throwable ex) {
			if (slot.claim()) {
				DroppableTask.drop(turn.task());
				return this.queue.endAndNext(turn.share());
			}
		}
		return null;
	}

	private void release(ThreadShare share) {
		startSoon(this.queue.endAndNext(share));
	}

	private void startSoon(@Nullable Turn turn) {
		if (turn != null) {
			try {
				this.starter.execute(new Start(turn));
			}
			catch (Throwable ex) {
				// closed, or without a thread: better in the context of another task than
				// never
				start(turn);
			}
		}
	}

	/**
	 * Drop waiting tasks that are not wanted, and tell them.
	 * @param share the share whose tasks to check
	 * @param unwanted whether a task is not wanted
	 */
	void dropIf(ThreadShare share, Predicate<Runnable> unwanted) {
		this.queue.removeIf(share, unwanted).forEach(DroppableTask::drop);
	}

	/**
	 * Interrupt running tasks and start no more. Waiting tasks are dropped, and so are
	 * those that the application's executor was given and has not begun: it may have
	 * dropped them silently.
	 */
	void close() {
		this.queue.close().forEach(DroppableTask::drop);
		this.delegate.close();
		this.starter.shutdownNow().forEach(DroppableTask::drop);
	}

	/** Submits a task whose turn has come. */
	private final class Start implements DroppableTask {

		private final Turn turn;

		private Start(Turn turn) {
			this.turn = turn;
		}

		@Override
		public void run() {
			start(this.turn);
		}

		@Override
		public void dropped() {
			ApplicationExecutor.this.queue.end(this.turn);
			DroppableTask.drop(this.turn.task());
		}

	}

	/** A task that counts as running from before it is submitted until it has ended. */
	private final class Slot extends AtomicBoolean implements DroppableTask {

		private static final long serialVersionUID = 1;

		private final transient Turn turn;

		private Slot(Turn turn) {
			this.turn = turn;
		}

		/**
		 * Return whether this is the first claim: a task runs once, whatever an executor
		 * does.
		 */
		private boolean claim() {
			return compareAndSet(false, true);
		}

		@Override
		public void run() {
			if (claim()) {
				try {
					this.turn.task().run();
				}
				catch (Throwable ex) {
					LostFailures.log("A task of a listener has failed", ex);
				}
				finally {
					release(this.turn.share());
				}
			}
		}

		@Override
		public void dropped() {
			if (claim()) {
				ApplicationExecutor.this.queue.end(this.turn);
				DroppableTask.drop(this.turn.task());
			}
		}

	}

}
