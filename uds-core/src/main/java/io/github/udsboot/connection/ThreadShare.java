package io.github.udsboot.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * How many threads of one {@link FairQueue} a connection, or all connections of a user
 * together, may have at once, and the tasks of the connection that wait for a thread. The
 * tasks are guarded by the lock of that queue.
 */
public final class ThreadShare {

	/**
	 * How many more threads a share may have when its handlers run long on an event loop.
	 */
	private static final int BORROWED = 1;

	/** How many more threads all shares of a user together may have. */
	private static final int BORROWED_OF_USER = 4;

	private final int limit;

	private final int borrowedLimit;

	private final @Nullable ThreadShare user;

	/** Changed under the lock of the queue, read by any thread. */
	private final AtomicInteger running = new AtomicInteger();

	/** The waiting tasks; {@code null} until one has to wait. */
	private @Nullable ArrayDeque<Runnable> waiting;

	/** How many threads are being started for waiting tasks. */
	private int starting;

	/** Whether the queue lists this share among those with waiting tasks. */
	private boolean listed;

	private ThreadShare(int limit, int borrowed, @Nullable ThreadShare user) {
		this.limit = limit;
		this.borrowedLimit = limit + borrowed;
		this.user = user;
	}

	/**
	 * Return the share of a connection.
	 * @param limit the number of threads it may have at once
	 * @param user the share of its user, {@code null} if the user has none
	 * @return the share
	 */
	public static ThreadShare ofConnection(int limit, @Nullable ThreadShare user) {
		return new ThreadShare(limit, BORROWED, user);
	}

	/**
	 * Return the share of all connections of a user together.
	 * @param limit the number of threads they may have at once
	 * @return the share
	 */
	public static ThreadShare ofUser(int limit) {
		return new ThreadShare(limit, BORROWED_OF_USER, null);
	}

	/**
	 * Return a share for tasks that belong to no particular peer.
	 * @return a share without a limit
	 */
	public static ThreadShare unlimited() {
		return new ThreadShare(Integer.MAX_VALUE - BORROWED, BORROWED, null);
	}

	/**
	 * Return whether no thread is at work for this share. By any thread.
	 * @return {@code true} if none is
	 */
	public boolean isIdle() {
		return this.running.get() == 0;
	}

	/** Return whether one more thread is within the limits. By any thread. */
	boolean hasRoom() {
		return this.running.get() < this.limit && (this.user == null || this.user.running.get() < this.user.limit);
	}

	/**
	 * Return whether one more thread, from those reserved for event loops, is within the
	 * limits. By any thread.
	 */
	boolean mayBorrow() {
		return this.running.get() < this.borrowedLimit
				&& (this.user == null || this.user.running.get() < this.user.borrowedLimit);
	}

	// --- with the lock of the queue

	void begin() {
		this.running.incrementAndGet();
		if (this.user != null) {
			this.user.running.incrementAndGet();
		}
	}

	void end() {
		this.running.decrementAndGet();
		if (this.user != null) {
			this.user.running.decrementAndGet();
		}
	}

	/**
	 * Note whether the queue lists this share among those with waiting tasks.
	 * @return whether that is a change
	 */
	boolean list(boolean listed) {
		boolean changed = this.listed != listed;
		this.listed = listed;
		return changed;
	}

	/** Note that a thread, already counted in, is being started for a waiting task. */
	void starts() {
		this.starting++;
	}

	/** Note that the thread has started, or cannot be started. */
	void started() {
		this.starting--;
	}

	/** Return whether there is a task for which no thread is being started. */
	boolean needsThread() {
		return this.waiting != null && this.waiting.size() > this.starting;
	}

	boolean isEmpty() {
		return this.waiting == null || this.waiting.isEmpty();
	}

	void add(Runnable task) {
		if (this.waiting == null) {
			this.waiting = new ArrayDeque<>();
		}
		this.waiting.addLast(task);
	}

	void addFirst(Runnable task) {
		if (this.waiting == null) {
			this.waiting = new ArrayDeque<>();
		}
		this.waiting.addFirst(task);
	}

	@Nullable Runnable poll() {
		return (this.waiting != null) ? this.waiting.poll() : null;
	}

	boolean remove(Runnable task) {
		return this.waiting != null && this.waiting.remove(task);
	}

	List<Runnable> tasks() {
		return (this.waiting != null) ? new ArrayList<>(this.waiting) : List.of();
	}

	/** Remove those of the tasks that still wait, and return them. */
	List<Runnable> removeAll(Set<Runnable> tasks) {
		List<Runnable> removed = new ArrayList<>();
		if (this.waiting != null) {
			this.waiting.removeIf((task) -> tasks.contains(task) && removed.add(task));
		}
		return removed;
	}

}
