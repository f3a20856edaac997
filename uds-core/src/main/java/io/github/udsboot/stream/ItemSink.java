package io.github.udsboot.stream;

import org.jspecify.annotations.Nullable;

/**
 * Where the items of a stream go. Called by one thread at a time.
 */
public interface ItemSink {

	/**
	 * Return whether the next item may be sent now.
	 * @return {@code false} while as much waits to be written as may
	 */
	boolean hasRoom();

	/**
	 * Have a task run once when {@link #hasRoom()} may have become true; at once, perhaps
	 * on this thread, if it is.
	 * @param task the task, does not block
	 */
	void whenRoom(Runnable task);

	/**
	 * Send an item.
	 * @param item the payload
	 * @return {@code false} if the receiver has gone
	 */
	boolean send(byte[] item);

	/**
	 * End the stream.
	 * @param failure why it ends early, {@code null} if it is complete
	 */
	void end(@Nullable Throwable failure);

}
