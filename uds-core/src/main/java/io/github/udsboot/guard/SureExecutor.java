package io.github.udsboot.guard;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

import org.jspecify.annotations.Nullable;

/**
 * An executor that runs each task exactly once, never on the calling thread, and throws
 * nothing. It runs tasks on an executor of the application. A task that this executor
 * refuses with an exception or an error, or would run on the calling thread, runs on a
 * few shared threads and, if no thread can be started, on one that always exists.
 *
 * <p>
 * A task that the application's executor drops is run if the executor says so, as a
 * listener's executors do when they close; otherwise it is lost. Thread-safe.
 */
public final class SureExecutor implements Executor {

	/**
	 * Starts further threads while some of its own wait for a future. Its threads end
	 * when they have nothing to do.
	 */
	private static final ForkJoinPool POOL = new ForkJoinPool(Math.max(2, Runtime.getRuntime().availableProcessors()),
			ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);

	private static final SureExecutor SHARED = new SureExecutor(POOL);

	private final Executor executor;

	private SureExecutor(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Return an executor that is certain to run the tasks of another.
	 * @param executor the executor; one that is certain already is returned unchanged
	 * @return the sure executor
	 */
	public static SureExecutor of(Executor executor) {
		if (executor instanceof SureExecutor sure) {
			return sure;
		}
		return (executor != POOL) ? new SureExecutor(executor) : SHARED;
	}

	/**
	 * Return the executor of the shared daemon threads.
	 * @return the executor
	 */
	public static SureExecutor shared() {
		return SHARED;
	}

	/**
	 * Keep the thread of last resort ready until {@link #release()}.
	 */
	public static void retain() {
		ReserveThread.retain();
	}

	/**
	 * Undo one {@link #retain()}.
	 */
	public static void release() {
		ReserveThread.release();
	}

	/**
	 * Run a task.
	 * @param task the task; what it throws is logged
	 */
	@Override
	public void execute(Runnable task) {
		execute((task instanceof OnceTask once) ? once : new Once(task));
	}

	/**
	 * Run a task.
	 * @param task the task, which has not been handed to any executor before
	 */
	public void execute(OnceTask task) {
		// set again by the shared threads, which take over from an executor that runs a
		// task on the calling thread
		@Nullable Thread before = task.submitter();
		task.setSubmitter(Thread.currentThread());
		try {
			this.executor.execute(task);
		}
		catch (Throwable ex) {
			task.setSubmitter(before);
			instead(task);
			return;
		}
		task.setSubmitter(before);
	}

	/** The executor may have accepted the task all the same: it runs once. */
	private void instead(OnceTask task) {
		if (this == SHARED) {
			ReserveThread.execute(task);
		}
		else {
			SHARED.execute(task);
		}
	}

	/** One submission of a task that may be submitted more than once. */
	private static final class Once extends OnceTask {

		private final Runnable task;

		Once(Runnable task) {
			this.task = task;
		}

		@Override
		protected void call() {
			this.task.run();
		}

	}

}
