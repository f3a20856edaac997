package io.github.udsboot.interleaving;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A thread of an interleaving, of which one at a time goes on.
 */
final class Actor implements Runnable {

	/** Code that goes on whatever is thrown is not asked more often. */
	private static final int MAX_ABANDONED = 100;

	final Execution execution;

	final Semaphore turn = new Semaphore(0);

	/** Whether it was started by what is explored, and not by the test. */
	final boolean spawned;

	private final int number;

	private final Runnable part;

	/**
	 * How many locks are held. This and the fields below are handed over with the turn.
	 */
	int locks;

	/** What the actor sleeps for. */
	@Nullable BooleanSupplier awaited;

	boolean permit;

	boolean finished;

	@Nullable Thread thread;

	private int abandoned;

	Actor(Execution execution, int number, Runnable part, @Nullable Thread spawned) {
		this.execution = execution;
		this.number = number;
		this.part = part;
		this.thread = spawned;
		this.spawned = spawned != null;
	}

	@Override
	public void run() {
		run(this.part);
	}

	void run(Runnable part) {
		this.thread = Thread.currentThread();
		Steps.CURRENT.set(this);
		try {
			this.turn.acquireUninterruptibly();
			if (!this.execution.isOver()) {
				part.run();
			}
		}
		catch (Abandoned ex) {
			// what is wrong is known
		}
		catch (Throwable ex) {
			this.execution.failed(ex);
		}
		finally {
			Steps.CURRENT.remove();
			Thread.interrupted();
			this.execution.finish(this);
		}
	}

	boolean canGoOn() {
		return !this.finished && (this.awaited == null || this.awaited.getAsBoolean());
	}

	/** Make it end; a loop that goes on after any failure sleeps for good instead. */
	Abandoned abandon() {
		if (++this.abandoned > MAX_ABANDONED) {
			this.execution.finish(this);
			while (true) {
				LockSupport.park(this);
			}
		}
		return new Abandoned();
	}

	@Override
	public String toString() {
		return (this.spawned && this.thread != null) ? "the thread " + this.thread.getName() : "actor " + this.number;
	}

	/** Thrown through what an actor does that is of no use any more. */
	static final class Abandoned extends Error {

		private static final long serialVersionUID = 1L;

		Abandoned() {
			super("abandoned", null, false, false);
		}

	}

}
