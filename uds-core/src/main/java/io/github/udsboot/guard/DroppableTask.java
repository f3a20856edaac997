package io.github.udsboot.guard;

/**
 * A task that is told if the executor that has accepted it will not run it, so that an
 * outcome or a source that depends on it is not lost. A task is either run or told.
 */
public interface DroppableTask extends Runnable {

	/**
	 * Note that this task will not be run. Must not block, nor run application code on
	 * this thread, which may be the one that stops a listener.
	 */
	void dropped();

	/**
	 * Tell a task that it will not be run. Throws nothing.
	 * @param task the task; one of another type is ignored
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
