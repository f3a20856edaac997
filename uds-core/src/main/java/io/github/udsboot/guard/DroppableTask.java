package io.github.udsboot.guard;

/**
 * A task that is told if the executor that has taken it will not run it, so that an
 * outcome or a source that hangs on it is not lost with it. A task is either run or told.
 */
public interface DroppableTask extends Runnable {

	/**
	 * Take note that this will not be run. Must not block, nor run code of the
	 * application on this thread, which may be the one that stops a listener.
	 */
	void dropped();

	/**
	 * Tell a task that it will not be run. Throws nothing.
	 * @param task the task; one of another kind is forgotten
	 */
	static void drop(Runnable task) {
		if (task instanceof DroppableTask droppable) {
			try {
				droppable.dropped();
			}
			catch (Throwable ex) {
				LostFailures.log("A task that no thread runs could not be told", ex);
			}
		}
	}

}
