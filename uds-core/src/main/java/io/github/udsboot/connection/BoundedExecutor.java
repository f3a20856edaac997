package io.github.udsboot.connection;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.FairQueue.Turn;
import io.github.udsboot.guard.DroppableTask;

/**
 * Runs a limited number of tasks of an executor at once, and of each {@link ThreadShare}
 * no more than it may have; further ones wait, and are run by the threads that have
 * finished others, one share after the other. The caller has to bound how many wait. A
 * few more threads are reserved for event loops, so that quick handlers keep running
 * while all others are taken.
 */
public final class BoundedExecutor implements Executor {

	private final Executor delegate;

	private final FairQueue queue;

	private final int lendable;

	/** The share of tasks that belong to no connection. */
	private final ThreadShare common = ThreadShare.unlimited();

	/**
	 * Create an executor that reserves no threads for event loops.
	 * @param delegate the executor that runs the tasks
	 * @param capacity the number of tasks that may run at once
	 */
	public BoundedExecutor(Executor delegate, int capacity) {
		this(delegate, capacity, 0);
	}

	/**
	 * Create an executor.
	 * @param delegate the executor that runs the tasks
	 * @param capacity the number of tasks that may run at once
	 * @param lendable the number of threads beyond that which event loops may lend to
	 * handlers
	 */
	BoundedExecutor(Executor delegate, int capacity, int lendable) {
		this.delegate = delegate;
		this.queue = new FairQueue(capacity);
		this.lendable = lendable;
	}

	/**
	 * Run a task that belongs to no connection, now or when others have ended.
	 * @param task the task, which throws nothing
	 * @throws RejectedExecutionException as {@link #execute(ThreadShare, Runnable)}
	 */
	@Override
	public void execute(Runnable task) {
		execute(this.common, task);
	}

	/**
	 * Run a task, now or when others have ended.
	 * @param share the share that it belongs to
	 * @param task the task, which throws nothing
	 * @throws RejectedExecutionException if the task will not be run, because the
	 * delegate takes no tasks any more or this executor is closed; other failures of the
	 * delegate to start a thread mean the same
	 */
	public void execute(ThreadShare share, Runnable task) {
		if (!this.queue.enlistAndReserve(share, task)) {
			return;
		}
		try {
			start(share);
		}
		catch (Throwable ex) {
			// unless a thread that was about to end has taken it
			if (this.queue.giveUp(share, task)) {
				throw ex;
			}
		}
	}

	private void start(ThreadShare share) {
		this.delegate.execute(() -> work(this.queue.begin(share)));
	}

	private void work(@Nullable Turn first) {
		Turn turn = first;
		while (turn != null) {
			run(turn.task());
			turn = this.queue.endAndNext(turn.share());
		}
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			Failures.log("A task failed", ex);
		}
		finally {
			// an interrupt meant for one task must not reach the next
			Thread.interrupted();
		}
	}

	/**
	 * Drop waiting tasks that are not wanted, and tell them.
	 * @param share the share whose tasks to check
	 * @param unwanted whether a task is not wanted; asked with no lock held
	 */
	public void dropIf(ThreadShare share, Predicate<Runnable> unwanted) {
		this.queue.removeIf(share, unwanted).forEach(DroppableTask::drop);
	}

	// --- threads of event loops

	/**
	 * Return whether application code may run on an event loop: whether a thread can take
	 * the loop over if the code runs long.
	 * @param share the share that the code belongs to
	 * @param quick whether the code has never run long, as far as is known, so that it
	 * may run even if its share is used up, or all threads are except those reserved for
	 * loops
	 */
	boolean mayLend(ThreadShare share, boolean quick) {
		if (this.queue.hasCapacity() && share.hasRoom()) {
			return true;
		}
		return quick && this.queue.hasCapacity(this.lendable) && share.mayBorrow();
	}

	/** Count in a thread of a loop, even beyond the limits. */
	void lend(ThreadShare share) {
		this.queue.lend(share);
	}

	/**
	 * Count out a thread, as the loop needed no other one, and let a waiting task begin.
	 */
	void takeBack(ThreadShare share) {
		ThreadShare next = this.queue.takeBack(share);
		if (next != null) {
			try {
				start(next);
			}
			catch (Throwable ex) {
				this.queue.giveUp(next);
				Failures.log("No thread can be started for a task, which waits for the next one", ex);
			}
		}
	}

	/**
	 * Note that the code has ended on a lent thread, on which {@link #work} follows.
	 */
	void comesBack(ThreadShare share) {
		this.queue.comesBack(share);
	}

	/**
	 * Run waiting tasks on a lent thread, then count it out.
	 */
	void work() {
		work(this.queue.leaveOrNext());
	}

	Executor delegate() {
		return this.delegate;
	}

	/** Return the share of tasks that belong to no connection. */
	ThreadShare common() {
		return this.common;
	}

	/**
	 * Return how many threads are in use.
	 * @return the number
	 */
	public int running() {
		return this.queue.running();
	}

	/**
	 * Drop the waiting tasks, which are told, and take no more. Running ones are left
	 * alone.
	 */
	public void close() {
		this.queue.close().forEach(DroppableTask::drop);
	}

}
