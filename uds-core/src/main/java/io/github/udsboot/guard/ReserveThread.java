package io.github.udsboot.guard;

import org.jspecify.annotations.Nullable;

/**
 * One daemon thread that runs callbacks when no other thread is available: it is started
 * while threads can still be created, and kept as long as it may be needed. Queueing a
 * task allocates nothing.
 */
final class ReserveThread implements Runnable {

	private static final Object LOCK = new Object();

	/**
	 * Guarded by the lock, as are the fields below: how many users may need the thread.
	 */
	private static int users;

	private static @Nullable Thread thread;

	private static @Nullable OnceTask first;

	private static @Nullable OnceTask last;

	private ReserveThread() {
	}

	/**
	 * Keep the thread until {@link #release()}.
	 * @throws OutOfMemoryError if the thread cannot be created
	 */
	static void retain() {
		synchronized (LOCK) {
			start();
			users++;
		}
	}

	static void release() {
		synchronized (LOCK) {
			users--;
			LOCK.notifyAll();
		}
	}

	private static void start() {
		if (thread == null) {
			Thread started = new Thread(null, new ReserveThread(), "uds-callbacks-reserve", 0, false);
			started.setDaemon(true);
			started.setContextClassLoader(ReserveThread.class.getClassLoader());
			started.start();
			thread = started;
		}
	}

	/**
	 * Run a task soon; on the calling thread if there is no other and none is retained.
	 */
	static void execute(OnceTask task) {
		synchronized (LOCK) {
			try {
				start();
			}
			catch (Throwable ex) {
				LostFailures.log("No thread can be started for a callback", ex);
			}
			if (thread != null) {
				if (task.queue()) {
					append(task);
				}
				LOCK.notifyAll();
				return;
			}
		}
		// all clients are closed: this holds up no event loop
		task.setSubmitter(null);
		task.run();
	}

	private static void append(OnceTask task) {
		OnceTask before = last;
		if (before != null) {
			before.setNext(task);
		}
		else {
			first = task;
		}
		last = task;
	}

	@Override
	public void run() {
		boolean more = true;
		while (more) {
			try {
				more = runNext();
			}
			catch (Throwable ex) {
				LostFailures.log("The thread for the worst case goes on after a failure", ex);
			}
			// an interrupt meant for one task must not reach the next
			Thread.interrupted();
		}
	}

	/** Return whether there may be more to do. */
	private static boolean runNext() throws InterruptedException {
		OnceTask task;
		synchronized (LOCK) {
			while (first == null && users > 0) {
				LOCK.wait();
			}
			task = first;
			if (task == null) {
				thread = null;
				return false;
			}
			first = task.next();
			task.setNext(null);
			if (first == null) {
				last = null;
			}
		}
		task.run();
		return true;
	}

}
