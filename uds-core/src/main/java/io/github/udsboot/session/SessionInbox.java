package io.github.udsboot.session;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.MessageFrame;

/**
 * Messages that have arrived on a session and have not been taken yet. When it is full,
 * reading from the connection pauses, so that a peer that sends faster than the
 * application receives has to wait. Threads that wait to receive take precedence over the
 * handlers of a listener.
 */
final class SessionInbox {

	private static final int MAX_BYTES = 256 << 10;

	/** The approximate cost of a message in addition to its payload. */
	private static final int OVERHEAD = 64;

	private final LoopConnection connection;

	private final int maxMessages;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** The fields below are guarded by the lock. */
	private final ArrayDeque<Frame> messages = new ArrayDeque<>(4);

	private long bytes;

	private int receivers;

	private boolean held;

	private boolean ended;

	/** What is left is never taken, and no longer counts. */
	private boolean abandoned;

	SessionInbox(LoopConnection connection, int maxMessages) {
		this.connection = connection;
		this.maxMessages = maxMessages;
	}

	/** Add what has arrived. Called by the loop owner, while it passes the frame on. */
	void add(Frame message) {
		int cost = cost(message);
		this.connection.requestMemory().add(cost);
		boolean room = !this.connection.isMemoryTight();
		long surplus;
		this.lock.lock();
		try {
			this.messages.add(message);
			this.bytes += cost;
			surplus = this.abandoned ? cost : 0;
			if (!room || this.messages.size() >= this.maxMessages || this.bytes >= MAX_BYTES) {
				this.held = true;
				this.connection.hold();
			}
			if (this.receivers > 0) {
				this.changed.signal();
			}
		}
		finally {
			this.lock.unlock();
		}
		free(surplus);
	}

	private static int cost(Frame message) {
		return OVERHEAD + ((message instanceof MessageFrame frame) ? frame.payload().length : 0);
	}

	/**
	 * Take the next message, unless a thread waits for it.
	 * @return the message, or {@code null}
	 */
	@Nullable Frame poll() {
		Frame message;
		long taken;
		boolean release;
		this.lock.lock();
		try {
			message = (this.receivers == 0) ? take() : null;
			taken = countedCost(message);
			release = endHold();
		}
		finally {
			this.lock.unlock();
		}
		free(taken);
		releaseIf(release);
		return message;
	}

	/**
	 * Wait for the next message and take it.
	 * @param nanos how long to wait at most
	 * @return the message, or {@code null} if the time has run out or the input has ended
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	@Nullable Frame await(long nanos) throws InterruptedException {
		Frame message;
		long taken;
		boolean release;
		this.lock.lockInterruptibly();
		this.receivers++;
		try {
			long left = nanos;
			while (this.messages.isEmpty() && !this.ended && left > 0) {
				left = this.changed.awaitNanos(left);
			}
			message = take();
			taken = countedCost(message);
			release = endHold();
		}
		finally {
			this.receivers--;
			if (this.receivers > 0 && !this.messages.isEmpty()) {
				// the signal may have been meant for another thread
				this.changed.signal();
			}
			this.lock.unlock();
		}
		free(taken);
		releaseIf(release);
		return message;
	}

	private @Nullable Frame take() {
		Frame message = this.messages.poll();
		if (message != null) {
			this.bytes -= cost(message);
		}
		return message;
	}

	private long countedCost(@Nullable Frame message) {
		return (message != null && !this.abandoned) ? cost(message) : 0;
	}

	/** Called without the lock, as other accounts may continue then. */
	private void free(long bytes) {
		if (bytes != 0) {
			this.connection.requestMemory().remove(bytes);
		}
	}

	private boolean endHold() {
		boolean release = this.held && this.messages.size() <= this.maxMessages / 2 && this.bytes <= MAX_BYTES / 2;
		if (release) {
			this.held = false;
		}
		return release;
	}

	/**
	 * Called without the lock, as this gives the loop a task. If it comes too late, after
	 * the next hold, one message more is read than should be, and the hold is renewed
	 * with it.
	 */
	private void releaseIf(boolean release) {
		if (release) {
			this.connection.release();
		}
	}

	/** Return whether there is a message that no thread waits for. */
	boolean isUnclaimed() {
		this.lock.lock();
		try {
			return this.receivers == 0 && !this.messages.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isAwaited() {
		this.lock.lock();
		try {
			return this.receivers > 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Nothing more will arrive. */
	void end() {
		this.lock.lock();
		try {
			this.ended = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** What is left is never taken. */
	void abandon() {
		long left;
		this.lock.lock();
		try {
			left = this.abandoned ? 0 : this.bytes;
			this.abandoned = true;
		}
		finally {
			this.lock.unlock();
		}
		free(left);
	}

	/** Return whether nothing will arrive and nothing is left. */
	boolean isOver() {
		this.lock.lock();
		try {
			return this.ended && this.messages.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

}
