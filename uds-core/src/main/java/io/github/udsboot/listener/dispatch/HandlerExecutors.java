package io.github.udsboot.listener.dispatch;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.VirtualThreadTaskExecutor;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.BoundedExecutor;
import io.github.udsboot.connection.ThreadShare;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.admission.PeerShare;

/**
 * The threads that handlers of one listener run on. Thread-safe.
 */
public final class HandlerExecutors {

	private final Execution listenerExecution;

	private final BoundedExecutor slowHandlers;

	private final @Nullable ApplicationExecutor application;

	private final @Nullable InterruptibleExecutor virtual;

	private final PeerShare unlimited = new PeerShare(ThreadShare.unlimited(), ThreadShare.unlimited(), null);

	/**
	 * Create the executors.
	 * @param listener the name of the listener
	 * @param execution where handlers run that do not specify it themselves
	 * @param maxHandlerThreads the number of threads that handlers may occupy
	 * @param router knows the handlers
	 * @param slowHandlers runs handlers that do not belong on the loop
	 * @param application runs handlers with {@link Execution#POOL}, or {@code null} to
	 * use {@code slowHandlers}
	 * @throws UnsupportedOperationException if a handler wants a virtual thread and this
	 * JVM has none
	 */
	public HandlerExecutors(String listener, Execution execution, int maxHandlerThreads, UdsRouter router,
			BoundedExecutor slowHandlers, @Nullable Executor application) {
		this.listenerExecution = execution;
		this.slowHandlers = slowHandlers;
		this.virtual = virtual(router);
		this.application = (application != null)
				? new ApplicationExecutor(listener, application, maxHandlerThreads, slowHandlers) : null;
	}

	private @Nullable InterruptibleExecutor virtual(UdsRouter router) {
		for (UdsRequestHandler handler : router.handlers()) {
			if (executionOf(handler) == Execution.VIRTUAL) {
				try {
					return new InterruptibleExecutor(new VirtualThreadTaskExecutor("uds-handler-"));
				}
				catch (UnsupportedOperationException ex) {
					throw new UnsupportedOperationException("execution 'virtual' of " + handler
							+ " needs virtual threads, which Java " + Runtime.version().feature()
							+ " has not: run on Java 21 or later, or choose 'inline' or 'pool'", ex);
				}
			}
		}
		return null;
	}

	Execution executionOf(UdsRequestHandler handler) {
		return (handler.execution() != Execution.AUTO) ? handler.execution() : this.listenerExecution;
	}

	/** Return whether handlers with this execution run on the application's executor. */
	boolean isApplications(Execution execution) {
		return execution == Execution.POOL && this.application != null;
	}

	/**
	 * Run a handler off the loop. If {@link #isApplications}, this may run it on the
	 * calling thread, and may wait.
	 * @param execution the handler's execution
	 * @param share the share of its connection
	 * @param task the task
	 * @throws RejectedExecutionException if the listener has stopped; any other exception
	 * means the same: the task will not be run
	 */
	void executeHere(Execution execution, PeerShare share, Runnable task) {
		if (execution == Execution.POOL && this.application != null) {
			this.application.executeHere(share.applicationThreads(), task);
		}
		else {
			execute(execution, share, task);
		}
	}

	/** As {@link #executeHere}, but on another thread and without waiting. */
	private void execute(Execution execution, PeerShare share, Runnable task) {
		if (execution == Execution.VIRTUAL && this.virtual != null) {
			this.virtual.execute(task);
		}
		else if (execution == Execution.POOL && this.application != null) {
			this.application.execute(share.applicationThreads(), task);
		}
		else {
			this.slowHandlers.execute(share.threads(), task);
		}
	}

	/**
	 * Run application code that is no handler and may block.
	 * @param share the share of its connection
	 * @param task the task
	 * @throws RejectedExecutionException as {@link #executeHere}
	 */
	void executeIfTaken(PeerShare share, Runnable task) {
		execute(this.listenerExecution, share, task);
	}

	/**
	 * Run application code that is no handler, may block and must not be skipped: on the
	 * listener's own threads if the executor takes no more.
	 * @param share the share of its connection
	 * @param task the task
	 * @throws RejectedExecutionException if the listener has stopped; other failures to
	 * start a thread mean the same
	 */
	void execute(PeerShare share, Runnable task) {
		try {
			execute(this.listenerExecution, share, task);
		}
		catch (Throwable ex) {
			this.slowHandlers.execute(share.threads(), task);
		}
	}

	/**
	 * As {@link #execute(PeerShare, Runnable)}, for a task that belongs to no connection.
	 * @param task the task
	 */
	void execute(Runnable task) {
		execute(this.unlimited, task);
	}

	/**
	 * Drop tasks that wait for a thread and are not wanted, and tell them.
	 * @param share the share whose tasks to check
	 * @param unwanted whether a task is not wanted
	 */
	void dropIf(PeerShare share, Predicate<Runnable> unwanted) {
		this.slowHandlers.dropIf(share.threads(), unwanted);
		if (this.application != null) {
			this.application.dropIf(share.applicationThreads(), unwanted);
		}
	}

	/** Return whether handlers run on the loop unless they specify otherwise. */
	boolean runsInline() {
		return this.listenerExecution == Execution.INLINE;
	}

	/** Interrupt the handlers on threads other than the listener's. */
	public void close() {
		if (this.virtual != null) {
			this.virtual.close();
		}
		if (this.application != null) {
			this.application.close();
		}
	}

}
