package io.github.udsboot.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.DroppableTask;

/**
 * Tasks that wait because only a limited number may run at once: those of each
 * {@link ThreadShare} in order, the shares in turn, and no share more at once than it may
 * have. Runs nothing itself. Thread-safe.
 *
 * <p>
 * While there is room for a task, no task that might run waits without a thread about to
 * look for it: whenever a count goes down, a search for the next task follows, under the
 * same lock. One class, because that holds only if every count and every queue is changed
 * here: for tasks that are handed out in their turn, for those that wait until a started
 * thread takes them, and for the threads of event loops.
 */
public final class FairQueue {

	private final int capacity;

	private final Object lock = new Object();

	/**
	 * The shares with waiting tasks, and perhaps some that no longer have any; each once.
	 * Guarded by the lock.
	 */
	private final ArrayDeque<ThreadShare> waiting = new ArrayDeque<>();

	/** Guarded by the lock. */
	private boolean closed;

	/** Changed under the lock, read by any thread. */
	private final AtomicInteger running = new AtomicInteger();

	/**
	 * Create a queue.
	 * @param capacity the number of tasks that may run at once
	 */
	public FairQueue(int capacity) {
		this.capacity = capacity;
	}

	/**
	 * Add a task.
	 * @param share the share that it belongs to
	 * @param task the task
	 * @return what to run now, which is this task unless the last attempt to start one
	 * failed; {@code null} if the task has to wait
	 * @throws RejectedExecutionException if the queue is closed
	 */
	public @Nullable Turn add(ThreadShare share, Runnable task) {
		synchronized (this.lock) {
			ensureOpen();
			if (this.waiting.isEmpty() && hasCapacity() && share.hasRoom()) {
				countIn(share);
				return new Turn(share, task);
			}
			enlist(share, task);
			return next();
		}
	}

	/**
	 * Count out a task that has ended.
	 * @param share the share that it belonged to
	 * @return what to run next, {@code null} if nothing
	 */
	public @Nullable Turn endAndNext(ThreadShare share) {
		synchronized (this.lock) {
			countOut(share);
			return next();
		}
	}

	/**
	 * Count out a task for which there was no thread. No other task begins as a result,
	 * as there would be no thread for it either.
	 * @param turn the task
	 */
	public void end(Turn turn) {
		synchronized (this.lock) {
			countOut(turn.share());
		}
	}

	/**
	 * Take back an added task, as there was no thread for the one to run. If that is
	 * another task, it waits for the next thread.
	 * @param turn the result of {@link #add}
	 * @param share the share that the added task belongs to
	 * @param task the task that was added
	 * @return {@code false} if a thread has taken it after all, or will
	 */
	public boolean takeBack(Turn turn, ThreadShare share, Runnable task) {
		if (turn.task() == task) {
			end(turn);
			return true;
		}
		putBack(turn);
		synchronized (this.lock) {
			return share.remove(task);
		}
	}

	/**
	 * Put a task back in front; once the queue is closed the task is dropped, and told
	 * so.
	 */
	private void putBack(Turn turn) {
		synchronized (this.lock) {
			countOut(turn.share());
			if (!this.closed) {
				list(turn.share());
				turn.share().addFirst(turn.task());
				return;
			}
		}
		DroppableTask.drop(turn.task());
	}

	/**
	 * Add a task.
	 * @return whether to start a thread to take it, which is already counted in
	 * @throws RejectedExecutionException if the queue is closed
	 */
	boolean enlistAndReserve(ThreadShare share, Runnable task) {
		synchronized (this.lock) {
			ensureOpen();
			enlist(share, task);
			return reserve(share);
		}
	}

	/** Return what a thread that has been started is to run. */
	@Nullable Turn begin(ThreadShare share) {
		synchronized (this.lock) {
			share.started();
			Runnable task = share.poll();
			if (task != null) {
				return new Turn(share, task);
			}
			countOut(share);
			return next();
		}
	}

	/**
	 * Give up a task because no thread can be started for it.
	 * @return whether the task will not be run: no other thread has it
	 */
	boolean giveUp(ThreadShare share, Runnable task) {
		synchronized (this.lock) {
			cancelStart(share);
			return share.remove(task);
		}
	}

	/**
	 * Give up starting a thread: waiting tasks wait until another thread becomes free.
	 */
	void giveUp(ThreadShare share) {
		synchronized (this.lock) {
			cancelStart(share);
		}
	}

	private void cancelStart(ThreadShare share) {
		share.started();
		countOut(share);
	}

	/** Count in a thread that is already at work, even beyond the limits. */
	void lend(ThreadShare share) {
		synchronized (this.lock) {
			countIn(share);
		}
	}

	/**
	 * Count out a thread that was not lent after all.
	 * @return the share to start a thread for, which is already counted in; {@code null}
	 * if there is none
	 */
	@Nullable ThreadShare takeBack(ThreadShare share) {
		synchronized (this.lock) {
			countOut(share);
			for (ThreadShare other : this.waiting) {
				if (reserve(other)) {
					return other;
				}
			}
			return null;
		}
	}

	/** Note that a lent thread no longer works for the share, but still counts. */
	void comesBack(ThreadShare share) {
		synchronized (this.lock) {
			share.end();
		}
	}

	/** Return other work for a thread that has come back, or stop counting it. */
	@Nullable Turn leaveOrNext() {
		synchronized (this.lock) {
			this.running.decrementAndGet();
			return next();
		}
	}

	/** As most private methods, for the holder of the lock. */
	private void ensureOpen() {
		if (this.closed) {
			throw new RejectedExecutionException("The executor is closed");
		}
	}

	private void enlist(ThreadShare share, Runnable task) {
		list(share);
		share.add(task);
	}

	private void list(ThreadShare share) {
		if (share.list(true)) {
			this.waiting.addLast(share);
		}
	}

	private boolean reserve(ThreadShare share) {
		if (!hasCapacity() || !share.hasRoom() || !share.needsThread()) {
			return false;
		}
		countIn(share);
		share.starts();
		return true;
	}

	private void countIn(ThreadShare share) {
		this.running.incrementAndGet();
		share.begin();
	}

	private void countOut(ThreadShare share) {
		this.running.decrementAndGet();
		share.end();
	}

	/** Return the next task that may run, counted in. */
	private @Nullable Turn next() {
		if (!hasCapacity()) {
			return null;
		}
		for (int i = this.waiting.size(); i > 0; i--) {
			ThreadShare share = this.waiting.remove();
			Runnable task = share.hasRoom() ? share.poll() : null;
			if (share.isEmpty()) {
				share.list(false);
			}
			else {
				this.waiting.addLast(share);
			}
			if (task != null) {
				countIn(share);
				return new Turn(share, task);
			}
		}
		return null;
	}

	/**
	 * Remove waiting tasks that are not wanted.
	 * @param share the share whose tasks to check
	 * @param unwanted whether a task is not wanted; asked with no lock held
	 * @return the removed tasks
	 */
	public List<Runnable> removeIf(ThreadShare share, Predicate<Runnable> unwanted) {
		List<Runnable> tasks;
		synchronized (this.lock) {
			tasks = share.tasks();
		}
		Set<Runnable> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
		tasks.stream().filter(unwanted).forEach(chosen::add);
		if (chosen.isEmpty()) {
			return List.of();
		}
		synchronized (this.lock) {
			return share.removeAll(chosen);
		}
	}

	/**
	 * Take no more tasks.
	 * @return the waiting tasks, which will not be run
	 */
	public List<Runnable> close() {
		List<Runnable> dropped = new ArrayList<>();
		synchronized (this.lock) {
			this.closed = true;
			ThreadShare share = this.waiting.poll();
			while (share != null) {
				Runnable task = share.poll();
				while (task != null) {
					dropped.add(task);
					task = share.poll();
				}
				share.list(false);
				share = this.waiting.poll();
			}
		}
		return dropped;
	}

	boolean hasCapacity() {
		return this.running.get() < this.capacity;
	}

	/** Return whether there is room, allowing the given number beyond the capacity. */
	boolean hasCapacity(int beyond) {
		return this.running.get() < this.capacity + beyond;
	}

	int running() {
		return this.running.get();
	}

	/**
	 * A task to run, counted in until it has ended.
	 *
	 * @param share the share that it belongs to
	 * @param task the task
	 */
	public record Turn(ThreadShare share, Runnable task) {

	}

}
