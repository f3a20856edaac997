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
 * Tasks that wait, because only so many may run at once: those of each
 * {@link ThreadShare} in their order, the shares in turn, and of none more at once than
 * it may have. Runs nothing itself. Thread-safe.
 *
 * <p>
 * While there is room for a task, none waits that might run and for which no thread is
 * about to look: each count that goes down is followed by a look for the next task, under
 * the same lock.
 */
public final class FairQueue {

	private final int capacity;

	private final Object lock = new Object();

	/**
	 * Those of which a task waits, and perhaps some of which none does any more; each
	 * once. Guarded by the lock.
	 */
	private final ArrayDeque<ThreadShare> waiting = new ArrayDeque<>();

	/** Guarded by the lock. */
	private boolean closed;

	/** Changed under the lock, read by any thread. */
	private final AtomicInteger running = new AtomicInteger();

	/**
	 * Create a queue.
	 * @param capacity how many tasks may run at once
	 */
	public FairQueue(int capacity) {
		this.capacity = capacity;
	}

	// --- tasks that are given away as soon as their turn has come

	/**
	 * Add a task.
	 * @param share whose it is
	 * @param task the task
	 * @return what is to run now, which is this task unless the last attempt to start one
	 * has failed; {@code null} if that has to wait
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
	 * @param share whose it was
	 * @return what is to run next, {@code null} if nothing is
	 */
	public @Nullable Turn endAndNext(ThreadShare share) {
		synchronized (this.lock) {
			countOut(share);
			return next();
		}
	}

	/**
	 * Count out a task for which there was no thread. Nothing else begins because of
	 * that, as there would be none either.
	 * @param turn the task
	 */
	public void end(Turn turn) {
		synchronized (this.lock) {
			countOut(turn.share());
		}
	}

	/**
	 * Take back a task that was added, as there was no thread for what was to run then.
	 * That waits for the next thread if it is another task.
	 * @param turn what {@link #add} returned
	 * @param share whose task was added
	 * @param task the task that was added
	 * @return {@code false} if a thread has it all the same, or will have
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

	/** Once the queue is closed the task is dropped, and told. */
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

	// --- tasks that wait until a thread that was started for one of them takes it

	/**
	 * Add a task.
	 * @return whether a thread is to be started that takes it, and is counted in
	 * @throws RejectedExecutionException if the queue is closed
	 */
	boolean enlistAndReserve(ThreadShare share, Runnable task) {
		synchronized (this.lock) {
			ensureOpen();
			enlist(share, task);
			return reserve(share);
		}
	}

	/** A thread has been started: return what it is to run. */
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
	 * There is no thread to start.
	 * @return whether the task that it was for will not be run: no other thread has it
	 */
	boolean giveUp(ThreadShare share, Runnable task) {
		synchronized (this.lock) {
			cancelStart(share);
			return share.remove(task);
		}
	}

	/** There is no thread to start: what waits does so until one comes by. */
	void giveUp(ThreadShare share) {
		synchronized (this.lock) {
			cancelStart(share);
		}
	}

	private void cancelStart(ThreadShare share) {
		share.started();
		countOut(share);
	}

	// --- threads of event loops

	/** Count a thread in that is at work already, even beyond the limits. */
	void lend(ThreadShare share) {
		synchronized (this.lock) {
			countIn(share);
		}
	}

	/**
	 * Count a thread out that was not lent after all.
	 * @return for which share a thread is to be started, that is counted in; {@code null}
	 * if for none
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

	/** The thread that was lent is at work for the share no more, but still counts. */
	void comesBack(ThreadShare share) {
		synchronized (this.lock) {
			share.end();
		}
	}

	/** A thread that has come back looks for other work, or does not count any more. */
	@Nullable Turn leaveOrNext() {
		synchronized (this.lock) {
			this.running.decrementAndGet();
			return next();
		}
	}

	// --- with the lock

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

	// --- by any thread

	/**
	 * Take out what waits and is not wanted.
	 * @param share whose tasks to look at
	 * @param unwanted whether a task is not wanted; asked with no lock held
	 * @return what was taken out
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
	 * @return those that wait, which will not be run
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

	/** Return whether there is room, and this much beyond the capacity. */
	boolean hasCapacity(int beyond) {
		return this.running.get() < this.capacity + beyond;
	}

	int running() {
		return this.running.get();
	}

	/**
	 * A task that is to run, counted in until it has ended.
	 *
	 * @param share whose it is
	 * @param task the task
	 */
	public record Turn(ThreadShare share, Runnable task) {

	}

}
