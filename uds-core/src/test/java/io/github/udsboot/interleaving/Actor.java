package io.github.udsboot.interleaving;

import java.util.concurrent.Semaphore;

/**
 * A thread of an interleaving, of which one at a time goes on.
 */
final class Actor implements Runnable {

	final Execution execution;

	final Semaphore turn = new Semaphore(0);

	private final int number;

	private final Runnable part;

	/** How many locks are held. */
	int locks;

	/** This and the fields below are handed over with the turn. */
	boolean parked;

	boolean permit;

	boolean finished;

	Thread thread;

	Actor(Execution execution, int number, Runnable part) {
		this.execution = execution;
		this.number = number;
		this.part = part;
	}

	@Override
	public void run() {
		this.thread = Thread.currentThread();
		Steps.CURRENT.set(this);
		try {
			this.turn.acquireUninterruptibly();
			if (!this.execution.isOver()) {
				this.part.run();
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

	@Override
	public String toString() {
		return "actor " + this.number;
	}

	/** Thrown through what an actor does that is of no use any more. */
	static final class Abandoned extends Error {

		private static final long serialVersionUID = 1L;

		Abandoned() {
			super("abandoned", null, false, false);
		}

	}

}
