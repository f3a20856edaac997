package io.github.udsboot.client.call;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.github.udsboot.guard.LostFailures;

/**
 * Keeps a client below the number of calls that its connections may have in flight, which
 * a server would refuse. Further calls wait in one queue, with a thread or without, and
 * get their permits in order. Thread-safe, without a lock.
 */
public final class CallLimiter {

	/** Deadlines are kept relative to this, so that they can be compared as numbers. */
	private final long epoch = System.nanoTime();

	private final AtomicInteger permits;

	private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();

	/** Not 0 while a thread serves; counts how often it was told to check since. */
	private final AtomicInteger serving = new AtomicInteger();

	/** A lower bound of the deadlines of all waiters without a thread. */
	private final AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);

	private final Runnable crowded;

	public CallLimiter(int calls) {
		this(calls, () -> {
		});
	}

	/**
	 * Create a limiter.
	 * @param calls the number of permits
	 * @param crowded told by a call's thread when it has to wait; must not wait
	 */
	public CallLimiter(int calls, Runnable crowded) {
		this.permits = new AtomicInteger(calls);
		this.crowded = crowded;
	}

	/** Take a permit if there is one, and return whether there was. */
	public boolean tryAcquire() {
		int free = this.permits.get();
		while (free > 0) {
			if (this.permits.compareAndSet(free, free - 1)) {
				return true;
			}
			free = this.permits.get();
		}
		return false;
	}

	/**
	 * Wait for a permit.
	 * @return {@code false} if the deadline passed
	 */
	public boolean acquire(long deadlineNanos) throws InterruptedException {
		if (tryAcquire()) {
			return true;
		}
		ThreadWaiter waiter = new ThreadWaiter(deadlineNanos);
		add(waiter);
		while (!waiter.isDecided()) {
			long left = deadlineNanos - System.nanoTime();
			if (left > 0 && !Thread.currentThread().isInterrupted()) {
				LockSupport.parkNanos(this, left);
			}
			else if (waiter.decide()) {
				this.waiting.remove(waiter);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				return false;
			}
		}
		return true;
	}

	/** Queue a waiter that found no permit. */
	public void enqueue(AsyncWaiter waiter) {
		add(waiter);
		long deadline = waiter.deadlineNanos - this.epoch;
		// after the waiter was added: see expire()
		if (deadline < this.earliest.get()) {
			this.earliest.accumulateAndGet(deadline, Math::min);
		}
	}

	private void add(Waiter waiter) {
		// first enlist, then check: release() uses the reverse order
		this.waiting.add(waiter);
		serve();
		if (!waiter.isDecided()) {
			tellCrowded();
		}
	}

	private void tellCrowded() {
		try {
			this.crowded.run();
		}
		catch (RuntimeException | Error ex) {
			// the waiter is already in the queue, and would get a permit for no call
			LostFailures.log("UnaryCalls wait for their turn, and no more room could be made", ex);
		}
	}

	public void release() {
		release(1);
	}

	/** Give permits back, or add some. */
	public void release(int calls) {
		this.permits.addAndGet(calls);
		serve();
	}

	/**
	 * Give permits to waiters. One thread at a time does so; another thread, or a call
	 * that ends as soon as it has its permit, tells that thread to check again: if each
	 * served by itself, a queue of such calls would exhaust the stack.
	 */
	private void serve() {
		if (this.waiting.isEmpty() || this.serving.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		while (seen != 0) {
			try {
				serveOnce();
			}
			catch (RuntimeException | Error ex) {
				// otherwise no thread would ever serve again
				LostFailures.log("The queue of calls goes on after a failure", ex);
			}
			seen = this.serving.addAndGet(-seen);
		}
	}

	private void serveOnce() {
		while (!this.waiting.isEmpty() && tryAcquire()) {
			Waiter next = this.waiting.poll();
			if (next == null || !next.decide()) {
				// give the permit back, and check again: a waiter may have enlisted
				// meanwhile without finding a permit
				this.permits.incrementAndGet();
			}
			else {
				grant(next);
			}
		}
	}

	/**
	 * Grant a permit. What one waiter does with its permit must not cost the others
	 * theirs.
	 */
	private static void grant(Waiter waiter) {
		try {
			waiter.granted();
		}
		catch (RuntimeException | Error ex) {
			LostFailures.log("A call failed that had waited for its turn", ex);
		}
	}

	/**
	 * Take permits away: the next ones given back go to no call. The number may become
	 * negative.
	 */
	public void withdraw(int calls) {
		this.permits.addAndGet(-calls);
	}

	/** Return how many permits are free now. */
	public int free() {
		return this.permits.get();
	}

	/** Return whether calls wait for permits, and there is none. */
	public boolean isCrowded() {
		return this.permits.get() <= 0 && !this.waiting.isEmpty();
	}

	/** Return whether {@link #expire} must be called from time to time. */
	public boolean hasWaiting() {
		return !this.waiting.isEmpty();
	}

	/** End the wait of waiters without a thread whose deadline has passed. */
	public void expire(long now) {
		if (now - this.epoch < this.earliest.get()) {
			return;
		}
		// a waiter added from here on corrects it
		this.earliest.set(Long.MAX_VALUE);
		long next = Long.MAX_VALUE;
		for (Iterator<Waiter> i = this.waiting.iterator(); i.hasNext();) {
			Waiter waiter = i.next();
			if (!(waiter instanceof AsyncWaiter async)) {
				continue;
			}
			if (async.deadlineNanos - now > 0) {
				next = Math.min(next, async.deadlineNanos - this.epoch);
			}
			else if (async.decide()) {
				i.remove();
				expire(async);
			}
		}
		this.earliest.accumulateAndGet(next, Math::min);
	}

	private static void expire(AsyncWaiter waiter) {
		try {
			waiter.expired();
		}
		catch (RuntimeException | Error ex) {
			LostFailures.log("A call failed whose deadline had passed", ex);
		}
	}

	/** A waiter in the queue; either gets a permit or leaves, once. */
	private abstract static class Waiter {

		private final AtomicBoolean decided = new AtomicBoolean();

		final long deadlineNanos;

		Waiter(long deadlineNanos) {
			this.deadlineNanos = deadlineNanos;
		}

		final boolean decide() {
			return this.decided.compareAndSet(false, true);
		}

		final boolean isDecided() {
			return this.decided.get();
		}

		/** Continue with a permit. */
		abstract void granted();

	}

	private static final class ThreadWaiter extends Waiter {

		private final Thread thread = Thread.currentThread();

		ThreadWaiter(long deadlineNanos) {
			super(deadlineNanos);
		}

		@Override
		public void granted() {
			LockSupport.unpark(this.thread);
		}

	}

	/** A waiter without a thread. */
	public abstract static class AsyncWaiter extends Waiter {

		public AsyncWaiter(long deadlineNanos) {
			super(deadlineNanos);
		}

		/**
		 * Leave the queue, unless the waiter has its permit or is too late.
		 * @return whether neither was the case: the waiter is told nothing more
		 */
		public final boolean leave() {
			// it stays in the queue until its turn, where it is skipped
			return decide();
		}

		/** {@inheritDoc} */
		@Override
		public abstract void granted();

		/** Give up: the deadline has passed without a permit. */
		public abstract void expired();

	}

}
