package io.github.udsboot.connection;

import java.nio.channels.SelectionKey;

/**
 * The attachment of a key of an event loop's selector. All methods are called by the
 * loop's owner.
 */
interface LoopMember {

	/**
	 * Act on a key that the selector found ready. Throws nothing.
	 * @param key the key
	 */
	void ready(SelectionKey key);

	/**
	 * Act when a clock has run out.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @return whether a clock still runs
	 */
	boolean checkClocks(long now);

	/**
	 * Close because the loop stops.
	 */
	void stop();

}
