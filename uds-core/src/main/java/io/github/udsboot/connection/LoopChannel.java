package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connection as its event loop and its output see it: they know nothing else of it. All
 * methods are called by the loop's owner, unless said otherwise. A class and not an
 * interface, so that calls stay direct and nothing here is public because of it.
 */
abstract class LoopChannel implements LoopMember {

	/** Return whether the connection is closed. By any thread. */
	abstract boolean isClosed();

	/**
	 * Read once, and leave the decoding to the loop.
	 * @return whether anything arrived, including the end
	 */
	abstract boolean receive();

	/**
	 * Decode what arrived and pass the frames on.
	 * @return whether the calling thread still owns the loop; if not, it must not touch
	 * the loop any more
	 */
	abstract boolean decode(ByteBuffer in);

	/**
	 * Leave what was read for a later turn.
	 * @return {@code false} if there is nothing to leave
	 */
	abstract boolean endTurn(ByteBuffer in);

	/**
	 * Continue after what was read has been decoded as far as possible.
	 */
	abstract void decoded();

	/** Write what was corked. */
	abstract void flushCorked();

	/** Return how many calls are under way, or frames were read last, if more. */
	abstract int underWay();

	/** Return how long it pays off to poll for what arrives. */
	abstract BusyPoll busyPoll();

	/** Close because this side failed. */
	abstract void fail(Throwable cause);

	/** Note activity. By any thread. */
	abstract void active();

	/** Let whatever waited for the output go on. By any thread that wrote all of it. */
	abstract void written();

	/** Have the output resume once the socket takes more. */
	abstract void awaitWritable();

	/** Handle a peer that no longer reads. */
	abstract void writingFailed(IOException cause);

}
