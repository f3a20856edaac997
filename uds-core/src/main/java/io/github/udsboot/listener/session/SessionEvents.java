package io.github.udsboot.listener.session;

import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.ConnectionContext;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.InlineHistory;
import io.github.udsboot.session.LoopSession;

/**
 * What the listeners are told of one session, in this order: that it is open, before any
 * of its messages is handled, that it drains, and that it has ended. The loop's owner
 * calls this; the listeners are told by any thread.
 */
final class SessionEvents {

	private final SessionNotifier notifier;

	private final LoopConnection connection;

	private final PeerShare share;

	private final @Nullable ConnectionContext context;

	private final LoopSession session;

	private final Turn turn;

	/** Belongs to the loop's owner: the listeners are yet to be told of the opening. */
	private boolean unannounced;

	/** The listeners know of the opening. Guarded by the monitor, as are those below. */
	private boolean announced;

	/** Tells the listeners of the drain once they know of the opening. */
	private @Nullable Runnable drain;

	/** Tells the listeners of the end once they know of the opening. */
	private @Nullable Runnable end;

	/**
	 * Create an instance.
	 * @param turn the session's first turn, in which the listeners are told of the
	 * opening
	 */
	SessionEvents(SessionNotifier notifier, LoopConnection connection, PeerShare share,
			@Nullable ConnectionContext context, LoopSession session, Turn turn) {
		this.notifier = notifier;
		this.connection = connection;
		this.share = share;
		this.context = context;
		this.session = session;
		this.turn = turn;
		this.unannounced = notifier.hasListeners();
	}

	/** Return whether {@link #tellOfOpening()} must come before anything else. */
	boolean isOpeningUntold() {
		return this.unannounced;
	}

	/**
	 * Tell the listeners that the session is open, here or on another thread. This is
	 * owed like an answer, for which a request must have begun.
	 * @return whether the calling thread still owns the loop
	 */
	boolean tellOfOpening() {
		this.unannounced = false;
		HandlerRunner runner = this.notifier.runner();
		InlineHistory history = this.notifier.openings();
		long begun = System.nanoTime();
		if (runner.mayRunOnLoop(this.connection, history, begun)) {
			boolean ownsLoop = this.connection.callOut(history, this::tellOpened);
			history.returned(ownsLoop, begun, System.nanoTime());
			this.connection.endRequest();
			this.turn.done(ownsLoop);
			return ownsLoop;
		}
		Opening opening = new Opening();
		try {
			runner.executeIfTaken(this.share, opening);
		}
		catch (Throwable ex) {
			opening.notRun(ex);
		}
		return true;
	}

	private void tellOpened() {
		this.notifier.tell(this.context, (listener) -> listener.sessionOpened(this.session));
		Runnable drain;
		Runnable end;
		synchronized (this) {
			this.announced = true;
			drain = this.drain;
			end = this.end;
		}
		if (drain != null) {
			tellOffLoop(drain);
		}
		if (end != null) {
			this.notifier.tellOfEnd(end);
		}
	}

	/**
	 * Tell the listeners of the drain. This is owed like an answer: the session is not
	 * closed before they return.
	 */
	void tellOfDrain() {
		if (!this.notifier.hasListeners()) {
			return;
		}
		this.connection.beginRequest();
		Runnable drain = new Draining();
		boolean now;
		synchronized (this) {
			this.drain = drain;
			now = this.announced;
		}
		if (now) {
			tellOffLoop(drain);
		}
	}

	private void tellOffLoop(Runnable drain) {
		try {
			this.notifier.runner().executeOffLoop(drain);
		}
		catch (Throwable ex) {
			// the listener has stopped, or cannot start a thread
			DroppableTask.drop(drain);
		}
	}

	/** Tell the listeners that the connection of the session is closed. */
	void tellOfEnd(CloseReason reason, @Nullable Throwable cause) {
		if (!this.notifier.hasListeners()) {
			return;
		}
		Runnable end = () -> this.notifier.tell(this.context,
				(listener) -> listener.sessionClosed(this.session, reason.name(), cause));
		boolean now;
		synchronized (this) {
			this.end = end;
			now = this.announced;
		}
		if (now) {
			this.notifier.tellOfEnd(end);
		}
	}

	/** A turn of the session that application code has. */
	interface Turn {

		/**
		 * Give the turn back.
		 * @param ownsLoop whether this is the loop's owner
		 */
		void done(boolean ownsLoop);

	}

	/** Tells the listeners of the opening, not on the loop. */
	private final class Opening implements DroppableTask {

		@Override
		public void run() {
			tellOpened();
			SessionEvents.this.connection.endRequest();
			SessionEvents.this.turn.done(false);
		}

		@Override
		public void dropped() {
			notRun(new RejectedExecutionException("The listener has no thread any more"));
		}

		/** Close the session, as there will be no thread for the handlers either. */
		private void notRun(Throwable cause) {
			SessionEvents.this.connection.abandon(cause);
			SessionEvents.this.connection.endRequest();
		}

	}

	/** Tells the listeners of the drain, which waits for them. */
	private final class Draining implements DroppableTask {

		@Override
		public void run() {
			SessionEvents.this.notifier.tell(SessionEvents.this.context,
					(listener) -> listener.sessionDraining(SessionEvents.this.session));
			SessionEvents.this.connection.endRequest();
		}

		@Override
		public void dropped() {
			SessionEvents.this.connection.endRequest();
		}

	}

}
