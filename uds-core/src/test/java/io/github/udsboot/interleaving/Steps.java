package io.github.udsboot.interleaving;

import java.util.concurrent.locks.LockSupport;

/**
 * What instrumented code calls. On a thread that is no actor it does what the code did.
 */
public final class Steps {

	static final ThreadLocal<Actor> CURRENT = new ThreadLocal<>();

	private Steps() {
	}

	/** Another actor may go on from here, unless a lock is held. */
	public static void point() {
		Actor actor = CURRENT.get();
		if (actor != null && actor.locks == 0) {
			actor.execution.step(actor);
		}
	}

	/** A lock was taken: nobody else can do anything that matters before it is free. */
	public static void locked() {
		Actor actor = CURRENT.get();
		if (actor != null) {
			actor.locks++;
		}
	}

	public static void unlocked() {
		Actor actor = CURRENT.get();
		if (actor != null) {
			actor.locks--;
		}
	}

	/** In place of {@link LockSupport#parkNanos(Object, long)}; the time never passes. */
	public static void park(Object blocker, long nanos) {
		Actor actor = CURRENT.get();
		if (actor != null) {
			actor.execution.park(actor);
		}
		else {
			LockSupport.parkNanos(blocker, nanos);
		}
	}

	/** In place of {@link LockSupport#unpark(Thread)}. */
	public static void unpark(Thread thread) {
		Actor actor = CURRENT.get();
		if (actor == null || !actor.execution.unpark(thread)) {
			LockSupport.unpark(thread);
		}
	}

	/** In place of {@link Thread#interrupt()}. */
	public static void interrupt(Thread thread) {
		thread.interrupt();
		Actor actor = CURRENT.get();
		if (actor != null) {
			actor.execution.unpark(thread);
		}
	}

}
