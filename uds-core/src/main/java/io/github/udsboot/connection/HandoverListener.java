package io.github.udsboot.connection;

/**
 * Told that application code has run long and lost its thread the event loop, before
 * another thread continues with the loop: code that has run long once need not cost it
 * again.
 */
@FunctionalInterface
public interface HandoverListener {

	/** Does nothing. */
	HandoverListener NONE = () -> {
	};

	/**
	 * Note that the code is still running, and the loop is about to get another owner.
	 * Called by the thread that watches all loops: must neither block nor throw anything.
	 */
	void handedOver();

}
