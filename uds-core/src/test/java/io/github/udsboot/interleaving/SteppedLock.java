package io.github.udsboot.interleaving;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * In place of a lock: who waits for it, or for a condition of it, is an actor that
 * sleeps. A signal wakes the one that has waited longest, and nobody wakes without a
 * reason.
 */
public final class SteppedLock extends ReentrantLock {

	private static final long serialVersionUID = 1L;

	/** Whether taking it is a step. */
	private final boolean counts;

	private transient @Nullable Thread owner;

	private int holds;

	public SteppedLock(boolean counts) {
		this.counts = counts;
	}

	private boolean isFree() {
		return this.owner == null || this.owner == Thread.currentThread();
	}

	private void take(int holds) {
		Steps.await(() -> this.owner == null);
		this.owner = Thread.currentThread();
		this.holds = holds;
		Steps.CURRENT.get().locks++;
	}

	private void free() {
		this.owner = null;
		this.holds = 0;
		Actor actor = Steps.CURRENT.get();
		if (actor != null) {
			actor.locks--;
		}
	}

	private void step() {
		if (this.counts) {
			Steps.point();
		}
	}

	@Override
	public void lock() {
		step();
		if (this.owner == Thread.currentThread()) {
			this.holds++;
		}
		else {
			take(1);
		}
	}

	@Override
	public void lockInterruptibly() throws InterruptedException {
		if (!tryLock(Long.MAX_VALUE, TimeUnit.NANOSECONDS)) {
			throw new IllegalStateException();
		}
	}

	@Override
	public boolean tryLock() {
		step();
		return tryTake();
	}

	private boolean tryTake() {
		if (!isFree()) {
			return false;
		}
		if (this.owner == null) {
			take(1);
		}
		else {
			this.holds++;
		}
		return true;
	}

	@Override
	public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
		step();
		throwIfInterrupted();
		Thread thread = Thread.currentThread();
		if (timeout > 0) {
			Steps.await(() -> this.owner == null || this.owner == thread, unit.toNanos(timeout));
		}
		throwIfInterrupted();
		return tryTake();
	}

	@Override
	public void unlock() {
		if (this.owner != Thread.currentThread()) {
			throw new IllegalMonitorStateException();
		}
		if (--this.holds == 0) {
			free();
		}
	}

	@Override
	public boolean isHeldByCurrentThread() {
		return this.owner == Thread.currentThread();
	}

	@Override
	public boolean isLocked() {
		return this.owner != null;
	}

	@Override
	public Condition newCondition() {
		return new SteppedCondition();
	}

	private static void throwIfInterrupted() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	private final class SteppedCondition implements Condition {

		private final List<Waiter> waiters = new ArrayList<>();

		@Override
		public void await() throws InterruptedException {
			awaitNanos(Long.MAX_VALUE);
		}

		@Override
		public void awaitUninterruptibly() {
			throw new UnsupportedOperationException();
		}

		@Override
		public long awaitNanos(long nanos) throws InterruptedException {
			if (!isHeldByCurrentThread()) {
				throw new IllegalMonitorStateException();
			}
			throwIfInterrupted();
			long begun = Steps.nanoTime();
			Waiter waiter = new Waiter();
			this.waiters.add(waiter);
			int holds = SteppedLock.this.holds;
			free();
			if (nanos > 0) {
				Steps.await(() -> waiter.signalled, nanos);
			}
			this.waiters.remove(waiter);
			take(holds);
			if (!waiter.signalled) {
				throwIfInterrupted();
			}
			return nanos - (Steps.nanoTime() - begun);
		}

		@Override
		public boolean await(long time, TimeUnit unit) throws InterruptedException {
			return awaitNanos(unit.toNanos(time)) > 0;
		}

		@Override
		public boolean awaitUntil(Date deadline) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void signal() {
			if (!this.waiters.isEmpty()) {
				this.waiters.remove(0).signalled = true;
			}
		}

		@Override
		public void signalAll() {
			while (!this.waiters.isEmpty()) {
				signal();
			}
		}

	}

	private static final class Waiter {

		private boolean signalled;

	}

}
