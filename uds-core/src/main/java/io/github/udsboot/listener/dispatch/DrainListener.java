package io.github.udsboot.listener.dispatch;

/**
 * Told, while a listener drains, what happens to the work under way. By any thread.
 */
public interface DrainListener {

	/** Check whether nothing is under way any more. */
	void check();

	/** Note that something was cut off. */
	void cutOff(ServedConnection.Work work);

}
