package io.github.udsboot.stream;

/**
 * Items to be sent, pulled one after the other by one thread at a time. What its methods
 * throw ends the stream with that failure.
 */
public interface ItemSource extends AutoCloseable {

	/**
	 * Return whether {@link #hasNext()} can answer without waiting for another thread.
	 * @return by default {@code true}: an application's iterator is free to take its time
	 */
	default boolean isReady() {
		return true;
	}

	/**
	 * Have a task run once when {@link #isReady()} may have become true; at once, perhaps
	 * on this thread, if it is.
	 * @param task the task, does not block
	 */
	default void whenReady(Runnable task) {
		task.run();
	}

	/**
	 * Return whether there is another item.
	 * @return {@code false} at the end
	 */
	boolean hasNext();

	/**
	 * Return the next item.
	 * @return the payload
	 */
	byte[] next();

	/**
	 * Stop to produce, at the end or before it. Called once, by any thread, and not while
	 * another one is in a method of this source.
	 */
	@Override
	void close();

	/**
	 * Stop to produce though a thread may be in a method of this source: by any thread.
	 * {@link #close()} follows, whatever this throws. By default nothing.
	 */
	default void cancel() {
	}

}
