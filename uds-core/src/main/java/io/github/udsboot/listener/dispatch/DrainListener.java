package io.github.udsboot.listener.dispatch;

/**
 * Told, while a listener drains, what becomes of what is under way. By any thread.
 */
public interface DrainListener {

	/** Perhaps nothing is under way any more. */
	void check();

	/** Something was cut off. */
	void cutOff(ServedConnection.Work work);

}
