package io.github.udsboot.guard;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

import org.jspecify.annotations.Nullable;

/**
 * An executor that runs each task exactly once, never on the thread that calls it, and
 * throws nothing. It runs tasks on an executor of the application's; what that takes with
 * an exception or an error, or would run on the calling thread, runs on a few shared
 * threads, and where no thread can be started, on one that is always there.
 *
 * <p>
 * A task that the application's executor drops is run if that tells it so, as those of a
 * listener do when it closes, and is lost if not. Thread-safe.
 */
public final class SureExecutor implements Executor {

	/**
	 * Gets further threads while some of its own wait for a future. Its threads end when
	 * they have nothing to do.
	 */
	private static final ForkJoinPool POOL = new ForkJoinPool(Math.max(2, Runtime.getRuntime().availableProcessors()),
			ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);

	private static final SureExecutor SHARED = new SureExecutor(POOL);

	private final Executor executor;

	private SureExecutor(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Return what runs the tasks of an executor for sure.
	 * @param executor the executor; one that is sure already is returned as it is
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
	 * Keep the thread for the worst case ready until {@link #release()}.
	 */
	public static void retain() {
		ReserveThread.retain();
	}

	/**
	 * Take back one {@link #retain()}.
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
	 * @param task the task, which was not handed to any executor before
	 */
	public void execute(OnceTask task) {
		// set anew by the shared threads, which an executor that runs a task on the
		// calling thread is replaced by
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

	/** The executor may have taken the task all the same: it runs once. */
	private void instead(OnceTask task) {
		if (this == SHARED) {
			ReserveThread.execute(task);
		}
		else {
			SHARED.execute(task);
		}
	}

	/** One submission of a task that may be submitted again. */
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
