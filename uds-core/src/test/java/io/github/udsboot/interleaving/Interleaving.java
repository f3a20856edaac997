package io.github.udsboot.interleaving;

import java.util.List;

/**
 * What two or three threads do to the same objects. Made anew for each order of their
 * steps that is tried.
 */
public interface Interleaving {

	/**
	 * Return what the threads do, each of them once.
	 * @return the actors
	 */
	List<Runnable> actors();

	/**
	 * Return whether one thread may be stopped while it holds a lock. Without it there
	 * are far fewer orders: what is changed under a lock is seen by nobody before it is
	 * free, but by those who look at it without the lock.
	 * @return by default {@code false}
	 */
	default boolean hasStepsInsideLocks() {
		return false;
	}

	/**
	 * All have done their part: do what is left to do, and check.
	 */
	void check();

}
