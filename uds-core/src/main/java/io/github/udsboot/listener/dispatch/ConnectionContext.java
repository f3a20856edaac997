package io.github.udsboot.listener.dispatch;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.interceptor.PeerContext;
import io.github.udsboot.interceptor.PeerContext.Scope;
import io.github.udsboot.interceptor.PeerContextFactory;

/**
 * The contexts in which code of the application runs for one connection. Thread-safe.
 */
public final class ConnectionContext {

	private final String listener;

	private final PeerCredentials peer;

	private final List<PeerContextFactory> factories;

	/** Created when code of the application first runs. */
	private volatile PeerContext @Nullable [] contexts;

	ConnectionContext(String listener, PeerCredentials peer, List<PeerContextFactory> factories) {
		this.listener = listener;
		this.peer = peer;
		this.factories = factories;
	}

	/**
	 * Bind all contexts to the calling thread, or none.
	 * @return ends the binding and throws nothing
	 * @throws RuntimeException if one of them cannot be bound, and so any other exception
	 * or error
	 */
	public Scope open() {
		PeerContext[] contexts = contexts();
		Scope opened = Scope.NONE;
		boolean complete = false;
		try {
			for (PeerContext context : contexts) {
				opened = new Opened(Objects.requireNonNull(context.open(), "A peer context returned no scope"), opened);
			}
			complete = true;
			return opened;
		}
		finally {
			if (!complete) {
				opened.close();
			}
		}
	}

	private PeerContext[] contexts() {
		PeerContext[] contexts = this.contexts;
		return (contexts != null) ? contexts : create();
	}

	private synchronized PeerContext[] create() {
		PeerContext[] contexts = this.contexts;
		if (contexts == null) {
			contexts = this.factories.stream()
				.map((factory) -> Objects.requireNonNull(factory.create(this.listener, this.peer),
						"A peer context factory created none"))
				.toArray(PeerContext[]::new);
			this.contexts = contexts;
		}
		return contexts;
	}

	/**
	 * Have a task run with the contexts bound. If they cannot be bound, it is told that
	 * it will not be run.
	 * @param context the contexts, {@code null} for none
	 * @param task the task
	 * @return what to run instead
	 */
	public static Runnable bind(@Nullable ConnectionContext context, Runnable task) {
		return (context != null) ? new Bound(context, task) : task;
	}

	/**
	 * A context that is bound, inside others.
	 *
	 * @param scope what the context returned
	 * @param outer the others
	 */
	private record Opened(Scope scope, Scope outer) implements Scope {

		@Override
		public void close() {
			try {
				this.scope.close();
			}
			catch (Throwable ex) {
				LostFailures.log("A peer context could not be taken from its thread", ex);
			}
			this.outer.close();
		}

	}

	/**
	 * A task and the contexts that it needs.
	 *
	 * @param context the contexts
	 * @param task the task
	 */
	private record Bound(ConnectionContext context, Runnable task) implements DroppableTask {

		@Override
		public void run() {
			Scope scope;
			try {
				scope = this.context.open();
			}
			catch (Throwable ex) {
				LostFailures.log("A peer context could not be bound to a thread", ex);
				dropped();
				return;
			}
			try {
				this.task.run();
			}
			finally {
				scope.close();
			}
		}

		@Override
		public void dropped() {
			DroppableTask.drop(this.task);
		}

	}

}
