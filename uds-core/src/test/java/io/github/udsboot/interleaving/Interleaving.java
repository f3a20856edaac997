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
	 * All have done their part: do what is left to do, and check.
	 */
	void check();

}
