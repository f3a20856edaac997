package io.github.udsboot.listener;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.VirtualThreadTaskExecutor;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.BoundedExecutor;
import io.github.udsboot.handler.UdsRequestHandler;

/**
 * The threads that handlers of one listener run on.
 */
final class HandlerExecutors {

	private final Execution listenerExecution;

	private final Executor slowHandlers;

	private final Executor pool;

	private volatile @Nullable Executor virtual;

	/**
	 * Create the executors.
	 * @param options the listener's options
	 * @param slowHandlers runs handlers that do not belong on the loop
	 * @param application runs handlers in {@link Execution#POOL}, or {@code null} to use
	 * the former
	 */
	HandlerExecutors(UdsListenerOptions options, BoundedExecutor slowHandlers, @Nullable Executor application) {
		this.listenerExecution = options.getExecution();
		this.slowHandlers = slowHandlers;
		this.pool = (application != null) ? new BoundedExecutor(application, options.getMaxHandlerThreads())
				: slowHandlers;
	}

	Execution executionOf(UdsRequestHandler handler) {
		return (handler.execution() != Execution.AUTO) ? handler.execution() : this.listenerExecution;
	}

	Executor executorFor(Execution execution) {
		return switch (execution) {
			case VIRTUAL -> virtual();
			case POOL -> this.pool;
			case INLINE, AUTO -> this.slowHandlers;
		};
	}

	/**
	 * Make sure that the executor for an execution exists.
	 * @param execution the execution
	 * @throws UnsupportedOperationException if this JVM has no virtual threads
	 */
	void prepare(Execution execution) {
		executorFor(execution);
	}

	private Executor virtual() {
		Executor executor = this.virtual;
		if (executor == null) {
			executor = new VirtualThreadTaskExecutor("uds-handler-");
			this.virtual = executor;
		}
		return executor;
	}

}
