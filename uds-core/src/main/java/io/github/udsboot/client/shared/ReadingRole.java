package io.github.udsboot.client.shared;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.github.udsboot.connection.BusyPoll;
import io.github.udsboot.connection.YieldPolicy;

/**
 * The role of reading one connection, which one thread at a time holds: a
 * leader/followers hand-over. A caller on a platform thread takes the role when it is
 * free, reads until its own answer arrives, completes the calls of others on the way, and
 * passes the role on. When no caller leads, the I/O thread reads.
 *
 * <p>
 * While a call is pending, a thread holds the role, or the I/O thread is armed, or a
 * thread that was woken for the role is about to try; docs/concurrency.md has the whole
 * argument. Thread-safe.
 */
final class ReadingRole {

	/** How often a caller yields before it parks. */
	private static final int YIELDS = 4;

	private final Connection connection;

	private final PendingCalls pending;

	private final RequestWriter writer;

	private final ResponseReader reader;

	private final YieldPolicy yieldPolicy;

	private final AtomicBoolean taken = new AtomicBoolean();

	ReadingRole(Connection connection, PendingCalls pending, RequestWriter writer, ResponseReader reader,
			YieldPolicy yieldPolicy) {
		this.connection = connection;
		this.pending = pending;
		this.writer = writer;
		this.reader = reader;
		this.yieldPolicy = yieldPolicy;
	}

	/** Take the role, if it is free. */
	boolean tryLead() {
		return !this.taken.get() && this.taken.compareAndSet(false, true);
	}

	/** Return whether a thread holds the role. */
	boolean isLed() {
		return this.taken.get();
	}

	private boolean isCrowded() {
		return BusyPoll.isCrowd(this.pending.count());
	}

	@SuppressWarnings("ThreadPriorityCheck") // on one processor a spin would keep the
												// awaited thread from running
	static void pause() {
		Thread.yield();
	}

	// --- by the thread of a call

	/** Write and wait for the outcome of a call, without the role at first. */
	void await(PendingCall.Blocking call) {
		try {
			if (!call.canLead() && isCrowded()) {
				// other virtual threads have requests, too, and one of them writes all
				this.yieldPolicy.tryYield();
			}
			this.writer.flushUnlessAttended();
			while (!call.isDone()) {
				// first enlist, then check the role, then park
				call.setRole(PendingCall.WAITING);
				if (call.canLead()) {
					if (tryLead()) {
						lead(call);
						return;
					}
				}
				else if (!isLed()) {
					this.connection.arm();
				}
				long left = call.deadlineNanos() - System.nanoTime();
				if (call.isDone() || left <= 0 || Thread.currentThread().isInterrupted()) {
					break;
				}
				linger(call);
				if (call.role() == PendingCall.WAITING && !call.isDone()) {
					LockSupport.parkNanos(this.connection, left);
				}
			}
		}
		finally {
			// a thread that was designated, or new when the role became free, is relied
			// upon
			int role = call.takeRole(PendingCall.GONE);
			if ((role == PendingCall.DESIGNATED || role == PendingCall.NEW) && !isLed()) {
				passOn();
			}
		}
	}

	/**
	 * Yield for a moment while another thread works on the connection: the answer may
	 * arrive before this thread has parked, and waking it costs more.
	 */
	private void linger(PendingCall.Blocking call) {
		for (int i = 0; i < YIELDS && this.writer.isAttended() && call.role() == PendingCall.WAITING && !call.isDone()
				&& this.yieldPolicy.tryYield(); i++) {
			// the condition does all the work
		}
	}

	/** Write and wait for the outcome of a call with the role, then leave it. */
	void lead(PendingCall.Blocking call) {
		call.setRole(PendingCall.GONE);
		try {
			this.writer.attend();
			while (!call.isDone()) {
				this.writer.flush();
				long left = call.deadlineNanos() - System.nanoTime();
				if (left <= 0 || Thread.currentThread().isInterrupted()) {
					break;
				}
				int count = readAndWrite();
				if (count == 0) {
					this.writer.leave();
					if (this.reader.unfinished() != 0) {
						this.connection.frameBegan();
					}
					this.reader.await(left, this.pending.count());
					this.writer.attend();
				}
				else if (count < 0) {
					// another thread is closing the connection, this call included
					pause();
				}
			}
		}
		finally {
			this.writer.leave();
			leave();
		}
	}

	/**
	 * Read once. In a crowd, when nothing has arrived, let the callers that were just
	 * answered run first: they leave their next requests here, to be written together.
	 * @return the number of bytes, 0 for none, -1 when nothing will ever arrive again
	 */
	private int readAndWrite() {
		int count = this.reader.read();
		for (int i = 0; i < YIELDS && count == 0 && isCrowded() && this.yieldPolicy.tryYield(); i++) {
			this.writer.flush();
			count = this.reader.read();
		}
		return count;
	}

	// --- by the I/O thread

	/**
	 * Read for the waiting calls, if no thread leads.
	 * @param times how often to read at most
	 * @return {@code false} if another thread leads
	 */
	boolean readUnlessLed(int times) {
		if (!tryLead()) {
			return false;
		}
		try {
			this.writer.attend();
			int count = this.reader.read();
			for (int i = 1; i < times && count > 0; i++) {
				this.writer.flush();
				count = this.reader.read();
			}
			return true;
		}
		finally {
			this.writer.leave();
			// the I/O thread keeps watching, so no successor is needed
			release();
		}
	}

	// --- handing over

	/** Free the role, then look for a waiting caller. */
	void leave() {
		release();
		if (this.reader.unfinished() != 0) {
			this.connection.frameBegan();
		}
		passOn();
	}

	private void release() {
		this.taken.set(false);
		// first free, then check: close() uses the reverse order
		if (this.connection.isClosed()) {
			closeIfFree();
		}
	}

	private boolean closeIfFree() {
		if (!tryLead()) {
			return false;
		}
		this.reader.close();
		this.taken.set(false);
		return true;
	}

	/** Stop reading, as the connection was closed: now, or when the holder leaves. */
	void close() {
		if (!closeIfFree()) {
			this.reader.wakeup();
		}
	}

	/** Give the free role to a waiting call, if there is one. */
	private void passOn() {
		if (this.pending.count() == 0) {
			return;
		}
		long newest = this.connection.nextStreamId();
		for (int i = 1; i <= this.pending.size(); i++) {
			PendingCall call = this.pending.before(newest, i);
			if (call == null || !call.canLead() || call.isDone()) {
				continue;
			}
			if (call.role() == PendingCall.NEW) {
				// its thread checks the role before it parks
				return;
			}
			if (call instanceof PendingCall.Blocking blocking
					&& call.changeRole(PendingCall.WAITING, PendingCall.DESIGNATED)) {
				blocking.wake();
				return;
			}
		}
		if (!isLed()) {
			this.connection.arm();
		}
	}

	/** The connection, and the I/O thread that reads it when no caller leads. */
	interface Connection {

		boolean isClosed();

		/** Return the id of the next request. */
		long nextStreamId();

		/** Have the I/O thread read until a caller leads. */
		void arm();

		/** Have the I/O thread watch the frame that has begun. */
		void frameBegan();

	}

}
