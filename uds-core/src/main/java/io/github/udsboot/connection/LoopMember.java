package io.github.udsboot.connection;

import java.nio.channels.SelectionKey;

/**
 * What a key of an event loop's selector carries.
 */
interface LoopMember {

	/**
	 * Act on a key that the selector found ready. Called by the loop's owner.
	 * @param key the key
	 */
	void ready(SelectionKey key);

	/**
	 * Close because the loop stops. Called by the loop's owner.
	 */
	void stop();

}
