package io.github.udsboot.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where senders wait until there is room for what they send. While none waits, making
 * room costs no more than a check.
 */
public final class SenderGate {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition opened = this.lock.newCondition();

	private final AtomicInteger waiting = new AtomicInteger();

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	/**
	 * Wait until there is room.
	 * @param room whether there is room, or none will ever be needed again
	 * @param nanos how long to wait at most
	 * @return what {@code room} returned last
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public boolean await(BooleanSupplier room, long nanos) throws InterruptedException {
		if (room.getAsBoolean()) {
			return true;
		}
		this.lock.lockInterruptibly();
		try {
			// first enlist, then check: open() is called in the reverse order
			this.waiting.incrementAndGet();
			long left = nanos;
			while (!room.getAsBoolean()) {
				if (left <= 0) {
					return false;
				}
				left = this.opened.awaitNanos(left);
			}
			return true;
		}
		finally {
			this.waiting.decrementAndGet();
			this.lock.unlock();
		}
	}

	/**
	 * Run a task once when there is room: immediately, on this thread, if there is room
	 * now.
	 * @param room as for {@link #await}
	 * @param task the task, which must not block
	 */
	public void whenOpen(BooleanSupplier room, Runnable task) {
		// first enlist, then look
		this.tasks.add(task);
		if (room.getAsBoolean() && this.tasks.remove(task)) {
			task.run();
		}
	}

	/**
	 * Return whether any sender waits, so that {@link #open} must be called when there is
	 * room. Check after room was made.
	 * @return whether any sender waits
	 */
	public boolean isAwaited() {
		return this.waiting.get() > 0 || !this.tasks.isEmpty();
	}

	/**
	 * Have the waiting senders check again. Each task runs once: one that finds no room
	 * enlists anew, and running it again at once would keep this thread here forever. It
	 * misses nothing, as it checks for room after enlisting.
	 */
	public void open() {
		Runnable task = this.tasks.poll();
		if (task != null) {
			runAll(task);
		}
		if (this.waiting.get() > 0) {
			this.lock.lock();
			try {
				this.opened.signalAll();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	private void runAll(Runnable first) {
		List<Runnable> all = new ArrayList<>();
		for (Runnable task = first; task != null; task = this.tasks.poll()) {
			all.add(task);
		}
		for (Runnable task : all) {
			try {
				task.run();
			}
			catch (RuntimeException | Error ex) {
				// the other tasks need their turn as well
				Failures.log("A task that waited for room failed", ex);
			}
		}
	}

}
