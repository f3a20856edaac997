package io.github.udsboot.connection;

/**
 * Told that application code has lasted, and has cost its thread the event loop, before
 * another thread goes on with that: what has lasted once need not cost it again.
 */
@FunctionalInterface
public interface HandoverListener {

	/** Wants to know nothing. */
	HandoverListener NONE = () -> {
	};

	/**
	 * The code runs on, and the loop is about to get another owner. Called by the thread
	 * that watches all loops: must neither block nor throw anything.
	 */
	void handedOver();

}
