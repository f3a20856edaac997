package io.github.udsboot.listener;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.VirtualThreadTaskExecutor;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.BoundedExecutor;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;

/**
 * The threads that handlers of one listener run on.
 */
final class HandlerExecutors {

	private final Execution listenerExecution;

	private final BoundedExecutor slowHandlers;

	private final @Nullable ApplicationExecutor application;

	private final @Nullable InterruptibleExecutor virtual;

	/**
	 * Create the executors.
	 * @param options the listener's options
	 * @param router knows the handlers
	 * @param slowHandlers runs handlers that do not belong on the loop
	 * @param application runs handlers in {@link Execution#POOL}, or {@code null} to use
	 * the former
	 * @throws UnsupportedOperationException if a handler wants a virtual thread and this
	 * JVM has none
	 */
	HandlerExecutors(UdsListenerOptions options, UdsRouter router, BoundedExecutor slowHandlers,
			@Nullable Executor application) {
		this.listenerExecution = options.getExecution();
		this.slowHandlers = slowHandlers;
		this.virtual = virtual(router);
		this.application = (application != null)
				? new ApplicationExecutor(options.getName(), application, options.getMaxHandlerThreads(), slowHandlers)
				: null;
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

	/**
	 * Return what runs a handler that is not run on the loop.
	 * @param execution the handler's execution
	 * @return the executor
	 */
	Executor executorFor(Execution execution) {
		return switch (execution) {
			case VIRTUAL -> (this.virtual != null) ? this.virtual : this.slowHandlers;
			case POOL -> (this.application != null) ? this.application : this.slowHandlers;
			case INLINE, AUTO -> this.slowHandlers;
		};
	}

	/**
	 * Return what runs application code that is no handler and may block.
	 * @return the executor
	 */
	Executor executor() {
		return executorFor(this.listenerExecution);
	}

	/**
	 * Run application code that is no handler, may block and must not be left out: on the
	 * listener's own threads if the executor takes no more.
	 * @param task the task
	 * @throws RejectedExecutionException if the listener has stopped; other failures to
	 * start a thread mean the same
	 */
	void execute(Runnable task) {
		try {
			executor().execute(task);
		}
		catch (Throwable ex) {
			this.slowHandlers.execute(task);
		}
	}

	/** Return whether handlers run on the loop that do not say anything else. */
	boolean runsInline() {
		return this.listenerExecution == Execution.INLINE;
	}

	/** Interrupt the handlers on threads that are not the listener's. */
	void close() {
		if (this.virtual != null) {
			this.virtual.close();
		}
		if (this.application != null) {
			this.application.close();
		}
	}

}
