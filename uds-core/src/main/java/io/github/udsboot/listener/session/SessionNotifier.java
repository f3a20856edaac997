package io.github.udsboot.listener.session;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.interceptor.PeerContext.Scope;
import io.github.udsboot.listener.dispatch.ConnectionContext;
import io.github.udsboot.listener.dispatch.ConnectionListener;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.InlineHistory;

/**
 * Tells the application's listeners of the sessions of one listener, and sees to it that
 * no end of a session is left untold. Thread-safe.
 */
public final class SessionNotifier {

	private final List<UdsSessionListener> listeners;

	private final HandlerRunner runner;

	private final ConnectionListener events;

	/** How long the listeners take when told of an opening. */
	private final InlineHistory openings = new InlineHistory();

	/** Ends that the listeners have not been told of yet. */
	private final Queue<Runnable> ends = new ConcurrentLinkedQueue<>();

	/** How many ends the listeners have not been told of completely. */
	private final AtomicInteger pendingNotifications = new AtomicInteger();

	private volatile boolean stopped;

	/**
	 * Create a notifier.
	 * @param listeners told of sessions
	 * @param runner has the threads for that
	 * @param events told when the listeners have been told of an end
	 */
	SessionNotifier(List<UdsSessionListener> listeners, HandlerRunner runner, ConnectionListener events) {
		this.listeners = List.copyOf(listeners);
		this.runner = runner;
		this.events = events;
	}

	boolean hasListeners() {
		return !this.listeners.isEmpty();
	}

	InlineHistory openings() {
		return this.openings;
	}

	HandlerRunner runner() {
		return this.runner;
	}

	/**
	 * Tell every listener something; a failure of one does not affect the others.
	 * @param context the contexts of the peer, {@code null} for none; listeners that wait
	 * for an end are told even if these cannot be bound
	 * @param event tells one of them
	 */
	void tell(@Nullable ConnectionContext context, Consumer<UdsSessionListener> event) {
		Scope scope = Scope.NONE;
		try {
			scope = (context != null) ? context.open() : scope;
		}
		catch (Throwable ex) {
			LostFailures.log("Listeners of a session are told without the context of its peer", ex);
		}
		try {
			tell(event);
		}
		finally {
			scope.close();
		}
	}

	private void tell(Consumer<UdsSessionListener> event) {
		for (UdsSessionListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				this.runner.log()
					.failed(() -> listener.getClass().getName() + " failed on a session of listener '"
							+ this.runner.listener() + "'", ex);
			}
		}
	}

	/**
	 * Have listeners told of the end of a session, off the loop. If the threads for that
	 * have ended, {@link #stop()} tells them, or this method itself once that is done.
	 */
	void tellOfEnd(Runnable end) {
		this.pendingNotifications.incrementAndGet();
		this.ends.add(end);
		try {
			this.runner.executeOffLoop(this::tellOfNextEnd);
		}
		catch (RuntimeException | Error ex) {
			if (this.stopped) {
				tellOfEnds();
			}
		}
	}

	private boolean tellOfNextEnd() {
		Runnable end = this.ends.poll();
		if (end != null) {
			end.run();
			this.pendingNotifications.decrementAndGet();
			this.events.told();
		}
		return end != null;
	}

	private void tellOfEnds() {
		boolean more = true;
		while (more) {
			more = tellOfNextEnd();
		}
	}

	/** Return whether the listeners have been told of all ends so far. */
	public boolean isQuiet() {
		return this.pendingNotifications.get() == 0;
	}

	/**
	 * Tell listeners of all remaining ends, as the threads of the listener have ended.
	 */
	public void stop() {
		// first the flag, then the check: tellOfEnd() uses the reverse order
		this.stopped = true;
		tellOfEnds();
	}

}
