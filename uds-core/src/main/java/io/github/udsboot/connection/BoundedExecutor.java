package io.github.udsboot.connection;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.FairQueue.Turn;
import io.github.udsboot.guard.DroppableTask;

/**
 * Runs at most so many tasks of an executor at once, and of each {@link ThreadShare} no
 * more than it may have; further ones wait, and are run by the threads that have ended
 * others, one share after the other. How many may wait is the caller's to bound. A few
 * threads more are there for event loops only, so that quick handlers run on while all
 * others are taken.
 */
public final class BoundedExecutor implements Executor {

	private final Executor delegate;

	private final FairQueue queue;

	private final int lendable;

	/** Of tasks that belong to no connection. */
	private final ThreadShare common = ThreadShare.unlimited();

	/**
	 * Create an executor that has no threads for event loops only.
	 * @param delegate what runs the tasks
	 * @param capacity how many may run at once
	 */
	public BoundedExecutor(Executor delegate, int capacity) {
		this(delegate, capacity, 0);
	}

	/**
	 * Create an executor.
	 * @param delegate what runs the tasks
	 * @param capacity how many may run at once
	 * @param lendable how many threads beyond that event loops may lend to handlers
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
	 * @param share whose it is
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
	 * Take out what waits and is not wanted, and tell it.
	 * @param share whose tasks to look at
	 * @param unwanted whether a task is not wanted; asked with no lock held
	 */
	public void dropIf(ThreadShare share, Predicate<Runnable> unwanted) {
		this.queue.removeIf(share, unwanted).forEach(DroppableTask::drop);
	}

	// --- threads of event loops

	/**
	 * Return whether application code may run on an event loop: there is a thread to take
	 * the loop over if it lasts.
	 * @param share for whom
	 * @param quick whether the code has never lasted, as far as is known, so that it may
	 * run though its share is used up, or all threads are, but those for loops only
	 */
	boolean mayLend(ThreadShare share, boolean quick) {
		if (this.queue.hasCapacity() && share.hasRoom()) {
			return true;
		}
		return quick && this.queue.hasCapacity(this.lendable) && share.mayBorrow();
	}

	/** Count a thread of a loop in, even beyond the limits. */
	void lend(ThreadShare share) {
		this.queue.lend(share);
	}

	/** The loop needed no other thread: count it out, and let a task begin that waits. */
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
	 * The code has ended on a thread that was lent, and that {@link #work} follows on.
	 */
	void comesBack(ThreadShare share) {
		this.queue.comesBack(share);
	}

	/**
	 * Run tasks that wait, as a thread that was lent, then count it out.
	 */
	void work() {
		work(this.queue.leaveOrNext());
	}

	Executor delegate() {
		return this.delegate;
	}

	/** Return the share of what belongs to no connection. */
	ThreadShare common() {
		return this.common;
	}

	/**
	 * Return how many threads are taken.
	 * @return the number
	 */
	public int running() {
		return this.queue.running();
	}

	/**
	 * Drop the tasks that wait, which are told, and take no more. Those that run are left
	 * alone.
	 */
	public void close() {
		this.queue.close().forEach(DroppableTask::drop);
	}

}
