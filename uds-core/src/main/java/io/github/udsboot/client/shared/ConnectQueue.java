package io.github.udsboot.client.shared;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsException;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.connection.ConnectBackoff;
import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.client.connection.ConnectSettings;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.transport.ConnectFailedException;

/**
 * The calls that wait for a connection, with a thread or without, and the attempts to
 * connect that are made for all of them together. While the server is away, the client's
 * I/O thread makes the attempts. Thread-safe; shares the lock of
 * {@link SharedConnections}.
 *
 * <p>
 * One class, though a long one, because calls with a thread and without wait for the same
 * attempts, and are told of them under the same lock.
 */
final class ConnectQueue {

	private final ConnectionSlots slots;

	private final Connector connector;

	private final ConnectSettings settings;

	private final ReentrantLock lock;

	/**
	 * A connection was made, there will be none, or the reason for having none changed.
	 */
	private final Condition changed;

	/** Guarded by the lock, as is the next. */
	private final ConnectBackoff backoff;

	private final Deque<DelayedCall> delayed = new ArrayDeque<>();

	/** The calls that wait for a connection, with a thread or without. */
	private final AtomicInteger waiting = new AtomicInteger();

	ConnectQueue(ConnectionSlots slots, Connector connector, ReentrantLock lock, ConnectSettings settings) {
		this.slots = slots;
		this.connector = connector;
		this.lock = lock;
		this.settings = settings;
		this.changed = lock.newCondition();
		this.backoff = new ConnectBackoff(settings.initialBackoff(), settings.maxBackoff());
	}

	boolean hasWaiting() {
		return this.waiting.get() > 0;
	}

	// --- calls that a thread waits for

	/**
	 * Return a connection that takes calls, waiting for the server if necessary.
	 * @param deadline how long to wait
	 * @return the connection
	 */
	SharedConnection await(ConnectDeadline deadline) {
		lock(deadline);
		try {
			return connect(deadline);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void lock(ConnectDeadline deadline) {
		try {
			if (!this.lock.tryLock(deadline.deadline() - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				throw CallFailures.noConnectionInTime(deadline.route(), this.settings.path(), null);
			}
		}
		catch (InterruptedException ex) {
			throw CallFailures.interrupted(deadline.route(), this.settings.path());
		}
	}

	private SharedConnection connect(ConnectDeadline deadline) {
		long since = System.nanoTime();
		boolean first = true;
		while (true) {
			if (this.connector.isClosed()) {
				throw CallFailures.clientClosed(deadline.route(), this.settings.path());
			}
			SharedConnection connection = this.connector.ready();
			if (connection == null && (first || this.backoff.failure() == null)) {
				connection = firstAttempt(deadline);
			}
			if (connection != null) {
				return connection;
			}
			first = false;
			long now = System.nanoTime();
			UdsException outcome = outcome(deadline, since, now);
			if (outcome != null) {
				throw outcome;
			}
			this.waiting.incrementAndGet();
			try {
				startClock();
				await(deadline, deadline.outcomeChangesAt(this.backoff.failure(), since, this.settings) - now);
			}
			finally {
				this.waiting.decrementAndGet();
			}
		}
	}

	@SuppressWarnings("WaitNotInLoop") // the callers loop
	private void await(ConnectDeadline deadline, long nanos) {
		try {
			this.changed.awaitNanos(nanos);
		}
		catch (InterruptedException ex) {
			throw CallFailures.interrupted(deadline.route(), this.settings.path());
		}
	}

	/** Wait before retrying a call that was certainly not executed. */
	void backOff(ConnectDeadline deadline, long nanos) {
		long end = System.nanoTime() + nanos;
		if (end - deadline.giveUp() > 0) {
			end = deadline.giveUp();
		}
		lock(deadline);
		try {
			long left = end - System.nanoTime();
			while (left > 0 && !this.connector.isClosed()) {
				await(deadline, left);
				left = end - System.nanoTime();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	long backoffNanos(int attempts) {
		return this.backoff.backoffNanos(attempts);
	}

	// --- calls that no thread waits for

	/**
	 * Make a connection for a call, if that works at once.
	 * @return the connection, or {@code null}
	 */
	@Nullable SharedConnection connectNow(ConnectDeadline deadline) {
		this.lock.lock();
		try {
			if (this.connector.isClosed()) {
				return null;
			}
			SharedConnection ready = this.connector.ready();
			return (ready != null) ? ready : firstAttempt(deadline);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Queue a call, to go on as soon as there is a connection. Does not block. */
	void add(DelayedCall call) {
		UdsException failure;
		this.lock.lock();
		try {
			failure = this.connector.isClosed()
					? CallFailures.clientClosed(call.deadline().route(), this.settings.path()) : null;
			long now = System.nanoTime();
			if (failure == null && (this.connector.io() == null || call.isDue(now))) {
				// fails at once if it must not wait; and without the thread, nothing
				// could take it out of the queue
				failure = outcome(call.deadline(), call.since(), now);
			}
			if (failure == null) {
				this.delayed.add(call);
				this.waiting.incrementAndGet();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (failure != null) {
			call.failed(failure);
			return;
		}
		serveSoon();
		startClock();
	}

	/** Have the I/O thread check the calls that wait for a connection. */
	void serveSoon() {
		IoThread io = this.connector.io();
		if (io != null) {
			io.execute(this::serve);
		}
	}

	private void startClock() {
		IoThread io = this.connector.io();
		if (io != null) {
			io.startClock();
		}
	}

	/**
	 * Make the next attempt to connect, if one is due, and end the wait of the calls that
	 * have waited long enough. On the I/O thread, or once the client is closed.
	 */
	void serve() {
		List<Runnable> actions = new ArrayList<>();
		this.lock.lock();
		try {
			long now = System.nanoTime();
			SharedConnection ready = this.connector.ready();
			if (ready == null && hasWaiting() && !this.connector.isClosed() && this.backoff.isDue(now)) {
				attempt();
			}
			this.delayed.removeIf((call) -> {
				Runnable action = next(call, now);
				if (action != null) {
					actions.add(action);
				}
				return action != null;
			});
			this.waiting.addAndGet(-actions.size());
		}
		finally {
			this.lock.unlock();
		}
		// without the lock, as this makes calls
		actions.forEach(ConnectQueue::run);
	}

	/** A failure of one call must not cost the others their turn. */
	private static void run(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			LostFailures.log("A call failed that had waited for a connection", ex);
		}
	}

	/** Return what to do with a call, {@code null} to keep it waiting. */
	private @Nullable Runnable next(DelayedCall call, long now) {
		if (call.isGone()) {
			// the call finds that out by itself
			return call::connected;
		}
		UdsException failure = failure(call, now);
		if (failure != null) {
			return () -> call.failed(failure);
		}
		return (call.isDue(now) && hasRoom(this.connector.ready())) ? call::connected : null;
	}

	private @Nullable UdsException failure(DelayedCall call, long now) {
		String route = call.deadline().route();
		if (this.connector.isClosed()) {
			return CallFailures.clientClosed(route, this.settings.path());
		}
		UdsException outcome = call.isDue(now) ? outcome(call.deadline(), call.since(), now) : null;
		if (outcome == null && now - call.deadline().deadline() >= 0) {
			return CallFailures.noConnectionInTime(route, this.settings.path(), this.backoff.failure());
		}
		return outcome;
	}

	private static boolean hasRoom(@Nullable SharedConnection connection) {
		return connection != null && !connection.isCongested();
	}

	// --- attempts to connect, under the lock

	/**
	 * Return the outcome of a call without a connection, {@code null} to keep it waiting.
	 * There is none while there is a connection.
	 */
	private @Nullable UdsException outcome(ConnectDeadline deadline, long since, long now) {
		ConnectFailedException failure = this.backoff.failure();
		return (failure != null) ? deadline.outcome(failure, since, now, this.settings) : null;
	}

	/** Try for a caller that has just arrived, unless another one has just tried. */
	private @Nullable SharedConnection firstAttempt(ConnectDeadline deadline) {
		long now = System.nanoTime();
		boolean mustNotWait = now - deadline.giveUp() >= 0;
		return (mustNotWait || this.backoff.isStale(now)) ? attempt() : null;
	}

	private @Nullable SharedConnection attempt() {
		ConnectFailedException before = this.backoff.failure();
		try {
			SharedConnection connection = this.connector.open(this.slots.free());
			this.backoff.succeeded();
			this.changed.signalAll();
			return connection;
		}
		catch (ConnectFailedException ex) {
			this.backoff.failed(ex, System.nanoTime());
			if (before == null || before.reason() != ex.reason()) {
				this.changed.signalAll();
			}
			return null;
		}
	}

	/** Wake the waiting threads, as the client is closed. Under the lock. */
	void wakeAll() {
		this.changed.signalAll();
	}

}
