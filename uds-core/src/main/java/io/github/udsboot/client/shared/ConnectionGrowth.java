package io.github.udsboot.client.shared;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.call.CallLimiter;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.transport.ConnectFailedException;

/**
 * Has a further connection made when those that serve are busy, unless the server seems
 * not to want more; and keeps the number of permits for calls equal to the room that the
 * connections have. Thread-safe; shares the lock of {@link SharedConnections}.
 */
final class ConnectionGrowth {

	private final ConnectionSlots slots;

	private final Connector connector;

	private final ReentrantLock lock;

	private final CallLimiter limiter;

	private final int roomPerConnection;

	private final long maxBackoff;

	/**
	 * How many calls the connections have room for, as last told to the limiter. Guarded
	 * by the lock, as is the next but one.
	 */
	private int room;

	/** Until this time no connection is made beside one that serves. */
	private volatile long holdBackUntil = System.nanoTime();

	/** A connection that did not answer, because of which further ones were held back. */
	private @Nullable SharedConnection heldBackFor;

	/** Permits for new connections, on their way to the limiter. */
	private final AtomicInteger coming = new AtomicInteger();

	/** The I/O thread is about to check whether a further connection is needed. */
	private final AtomicBoolean growing = new AtomicBoolean();

	ConnectionGrowth(ConnectionSlots slots, Connector connector, ReentrantLock lock, SharedSettings settings) {
		this.slots = slots;
		this.connector = connector;
		this.lock = lock;
		this.roomPerConnection = settings.maxInFlightPerConnection();
		this.maxBackoff = Nanos.of(settings.connect().maxBackoff());
		// grows with each further connection
		this.room = this.roomPerConnection;
		this.limiter = new CallLimiter(this.room, this::crowded);
	}

	CallLimiter limiter() {
		return this.limiter;
	}

	// --- a further connection

	boolean isHeldBack() {
		return System.nanoTime() - this.holdBackUntil < 0;
	}

	/** Try once to make a further connection: all are busy and one more is allowed. */
	SharedConnection another(SharedConnection best) {
		if (!this.lock.tryLock()) {
			return best;
		}
		try {
			SharedConnection another = openAnother();
			return (another != null) ? another : best;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Under the lock, beside a connection that serves. */
	private @Nullable SharedConnection openAnother() {
		int slot = this.slots.free();
		if (slot < 0 || this.connector.isClosed()) {
			return null;
		}
		SharedConnection previous = this.slots.get(slot);
		if (previous != null && !previous.hasAnswered() && previous != this.heldBackFor) {
			// the server seems not to want more: do not insist
			this.heldBackFor = previous;
			holdBack();
			return null;
		}
		try {
			SharedConnection another = this.connector.open(slot);
			this.heldBackFor = null;
			return another;
		}
		catch (ConnectFailedException ex) {
			holdBack();
			return null;
		}
	}

	private void holdBack() {
		this.holdBackUntil = System.nanoTime() + this.maxBackoff;
	}

	/**
	 * Have the I/O thread make a further connection, if one is allowed, as calls may be
	 * waiting for their turn. The first one is made by a call that has a permit, after
	 * which this is called as well.
	 */
	void crowded() {
		IoThread io = this.connector.io();
		if (io == null || !this.limiter.isCrowded() || !this.slots.hasFreeBesideUsable()) {
			return;
		}
		if (isHeldBack()) {
			// the I/O thread checks again once the hold-back is over
			io.startClock();
		}
		else {
			growSoon(io);
		}
	}

	private void growSoon(IoThread io) {
		if (!this.growing.get() && this.growing.compareAndSet(false, true)) {
			boolean queued = false;
			try {
				io.execute(this::grow);
				queued = true;
			}
			finally {
				if (!queued) {
					this.growing.set(false);
				}
			}
		}
	}

	/** Make one more connection if calls wait for their turn. On the I/O thread. */
	private void grow() {
		// first the flag, then the check: crowded() is called in the reverse order
		this.growing.set(false);
		this.lock.lock();
		try {
			if (this.coming.get() == 0 && this.limiter.isCrowded() && this.slots.hasFreeBesideUsable()
					&& !isHeldBack()) {
				openAnother();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// --- permits

	/**
	 * Make the permits follow the room of the connections. Under the lock. Never below
	 * one connection's room: a call with a permit makes the connection.
	 */
	void adjustRoom(IoThread io) {
		int room = (int) Math.min(Integer.MAX_VALUE / 2,
				Math.max(1, (long) this.slots.usable()) * this.roomPerConnection);
		int more = room - this.room;
		if (more > 0) {
			grantSoon(io, more);
		}
		else if (more < 0) {
			this.limiter.withdraw(-more);
		}
		this.room = room;
	}

	/** On the I/O thread, because it may begin calls. */
	private void grantSoon(IoThread io, int permits) {
		this.coming.addAndGet(permits);
		boolean queued = false;
		try {
			io.execute(() -> grant(permits));
			queued = true;
		}
		finally {
			if (!queued) {
				this.coming.addAndGet(-permits);
			}
		}
	}

	/** On the I/O thread. */
	private void grant(int permits) {
		this.coming.addAndGet(-permits);
		this.limiter.release(permits);
		crowded();
	}

}
