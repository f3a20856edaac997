package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.transport.UdsSocket;

/**
 * What one connection still has to write. Any thread may {@link #offer}; the flushing
 * thread writes what others offered meanwhile in the same system call. When the kernel
 * takes no more, it retries for a few microseconds where that has paid off: a peer that
 * reads makes room sooner than a sleeper is woken. Then the flushing role stays taken
 * ({@link Flush#BLOCKED}) and passes to the thread that waits for the socket to become
 * writable, which calls {@link #resume}; no thread ever sleeps in here. What is no longer
 * wanted can be withdrawn ({@link #withdraw}) until it is written.
 *
 * <p>
 * One class, because the flushing role, the positions of frames and what may be withdrawn
 * depend on each other under one lock. How frames get into a buffer is left to
 * {@link FrameBatch}.
 */
public final class Outbox {

	/**
	 * How long one flush writes. A peer that reads as fast as others offer must not
	 * occupy the flushing thread, which has a loop to run or an answer to wait for.
	 */
	private static final long SLICE_NANOS = 1_000_000;

	private final UdsSocket socket;

	/** Belongs to the flushing thread. */
	private final BusyPoll busyPoll;

	private final Object lock = new Object();

	/** Guarded by the lock. */
	private FrameQueue offered = new FrameQueue();

	/** Guarded by the lock: a thread flushes, or waits for the socket to be writable. */
	private boolean flushing;

	/** Guarded by the lock. */
	private boolean closed;

	/** Guarded by the lock: where the next frame begins. */
	private long nextPosition;

	/**
	 * Frames offered and not withdrawn; written under the lock, before the bytes.
	 */
	private long offeredFrames;

	/** Bytes offered and not withdrawn; written under the lock. */
	private volatile long offeredBytes;

	/** The frames that are being written. */
	private final FrameBatch batch = new FrameBatch();

	/**
	 * Bytes that the kernel took; changed by the flushing thread, as is the next field.
	 */
	private volatile long writtenBytes;

	/**
	 * Where the next write begins, in all that was ever offered; raised before a write by
	 * what it tries to write.
	 */
	private volatile long attemptedPosition;

	/** Guarded by the lock: frames to withdraw as soon as no thread is writing them. */
	private final List<Long> lateWithdrawals = new ArrayList<>(0);

	/**
	 * When the last write stopped short, or was postponed because the kernel may just
	 * have become full; 0 while neither has happened.
	 */
	private volatile long blockedSince;

	/** Guarded by the lock: what the kernel would not take. */
	private @Nullable ByteBuffer unwritten;

	/**
	 * Create the outbox of a connection.
	 * @param socket the socket to write to
	 * @param busyPoll how long to retry while the kernel takes no more; used by this
	 * outbox alone
	 */
	public Outbox(UdsSocket socket, BusyPoll busyPoll) {
		this.socket = socket;
		this.busyPoll = busyPoll;
	}

	/**
	 * Queue a frame. Does not write.
	 * @param frame the frame
	 * @return the number of bytes before the frame, counted from the beginning of the
	 * connection; -1 if the outbox is closed and the frame was dropped
	 */
	public long offer(EncodedFrame frame) {
		synchronized (this.lock) {
			return add(frame);
		}
	}

	/**
	 * Queue the answer to a request. Does not write. A thread that sees the request
	 * counted out sees the answer queued or written; and it is counted out before any
	 * thread can write the answer, as the peer may then send the next request.
	 * @param frame the answer
	 * @param owed the number of answers owed, counted down unless the outbox is closed
	 * @return the number of bytes before the frame, counted from the beginning of the
	 * connection; -1 if the outbox is closed and the frame was dropped
	 */
	long offer(EncodedFrame frame, AtomicInteger owed) {
		synchronized (this.lock) {
			long position = add(frame);
			if (position >= 0) {
				owed.decrementAndGet();
			}
			return position;
		}
	}

	@SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
	private long add(EncodedFrame frame) {
		if (this.closed) {
			return -1;
		}
		long position = this.nextPosition;
		int size = frame.size();
		this.nextPosition = position + size;
		this.offeredFrames++;
		this.offeredBytes += size;
		this.offered.add(frame, position);
		return position;
	}

	/**
	 * Withdraw a frame of which no byte was written, so that it never will be. A frame
	 * that a thread is just writing stays.
	 * @param position what {@link #offer} returned for the frame
	 * @return whether the frame was certainly not sent, not even in part
	 */
	public boolean withdraw(long position) {
		return withdraw(position, false);
	}

	/**
	 * As {@link #withdraw}, but a frame that a thread is just writing counts as sent and
	 * is withdrawn if the kernel is full: for a frame that will not be missed.
	 * @param position what {@link #offer} returned for the frame
	 * @return whether the frame was certainly not sent, not even in part
	 */
	public boolean withdrawEvenLate(long position) {
		return withdraw(position, true);
	}

	private boolean withdraw(long position, boolean late) {
		synchronized (this.lock) {
			if (this.closed || position < 0) {
				return false;
			}
			if (countOut(this.offered.withdraw(position))) {
				return true;
			}
			if (this.unwritten != null) {
				this.batch.uncopy(this.unwritten);
				return countOut(this.batch.withdrawWhole(position));
			}
			if (late && this.flushing && this.attemptedPosition <= position) {
				this.lateWithdrawals.add(position);
			}
			return false;
		}
	}

	@SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
	private boolean countOut(@Nullable EncodedFrame frame) {
		if (frame == null) {
			return false;
		}
		this.offeredFrames--;
		this.offeredBytes -= frame.size();
		return true;
	}

	/**
	 * Write what was offered, unless another thread is already doing so.
	 * @return the result
	 * @throws IOException if the socket failed; nothing more can be written afterwards
	 */
	public Flush flush() throws IOException {
		synchronized (this.lock) {
			if (this.flushing) {
				return Flush.BUSY;
			}
			if (this.offered.isEmpty()) {
				return Flush.DONE;
			}
			this.flushing = true;
			this.offered = this.batch.takeAll(this.offered);
		}
		return write(takeBuffer());
	}

	private static ByteBuffer takeBuffer() throws IOException {
		try {
			return BufferPool.shared().take().limit(0);
		}
		catch (OutOfMemoryError ex) {
			// otherwise the flushing role would be lost
			throw new IOException("There is no memory to write through", ex);
		}
	}

	/**
	 * Continue after {@link Flush#BLOCKED}, as the holder of the flushing role.
	 * @return the result
	 * @throws IOException if the socket failed; nothing more can be written afterwards
	 */
	public Flush resume() throws IOException {
		ByteBuffer buffer = takeUnwritten();
		return (buffer != null) ? write(buffer) : flush();
	}

	private @Nullable ByteBuffer takeUnwritten() {
		synchronized (this.lock) {
			ByteBuffer buffer = this.unwritten;
			this.unwritten = null;
			return buffer;
		}
	}

	private Flush write(ByteBuffer buffer) throws IOException {
		boolean keep = false;
		long begun = 0;
		try {
			while (buffer.hasRemaining() || fill(buffer)) {
				if (begun != 0 && System.nanoTime() - begun > SLICE_NANOS) {
					noteBlocked(1);
					keep = keepUnwritten(buffer);
					return Flush.BLOCKED;
				}
				int count = write(buffer, this.writtenBytes);
				if (buffer.hasRemaining() && poll(buffer)) {
					continue;
				}
				if (buffer.hasRemaining()) {
					noteBlocked(count);
					keep = keepUnwritten(buffer);
					return Flush.BLOCKED;
				}
				if (this.blockedSince != 0) {
					this.blockedSince = 0;
				}
				if (buffer.limit() == buffer.capacity() && begun == 0) {
					// there was more than a buffer holds
					begun = System.nanoTime();
				}
			}
			return Flush.DONE;
		}
		finally {
			if (!keep) {
				BufferPool.shared().giveBack(buffer);
			}
		}
	}

	/**
	 * Retry for a while, where that pays off.
	 * @return whether more was written, though perhaps not all
	 */
	@SuppressWarnings("ThreadPriorityCheck") // the peer may need this processor
	private boolean poll(ByteBuffer buffer) throws IOException {
		long budget = this.busyPoll.budgetNanos(1);
		if (budget == 0) {
			return false;
		}
		long begun = System.nanoTime();
		do {
			Thread.yield();
			if (write(buffer, this.writtenBytes) > 0) {
				this.busyPoll.hit();
				return true;
			}
		}
		while (System.nanoTime() - begun < budget);
		this.busyPoll.miss();
		return false;
	}

	private void noteBlocked(int count) {
		if (count > 0 || this.blockedSince == 0) {
			long now = System.nanoTime();
			this.blockedSince = (now != 0) ? now : 1;
		}
	}

	private boolean keepUnwritten(ByteBuffer buffer) {
		synchronized (this.lock) {
			if (this.closed) {
				return false;
			}
			if (!this.lateWithdrawals.isEmpty()) {
				this.batch.uncopy(buffer);
				for (long position : this.lateWithdrawals) {
					countOut(this.batch.withdrawWhole(position));
				}
				this.lateWithdrawals.clear();
			}
			this.unwritten = buffer;
			return true;
		}
	}

	private int write(ByteBuffer buffer, long written) throws IOException {
		int count = 0;
		long position = this.batch.writePosition();
		this.attemptedPosition = position + buffer.remaining();
		try {
			count = this.socket.write(buffer);
			this.batch.written(count);
			this.writtenBytes = written + count;
			return count;
		}
		finally {
			// a failed write has written nothing
			this.attemptedPosition = position + count;
		}
	}

	/**
	 * Copy as much into the buffer as fits and has no gaps. When nothing is left, give
	 * the flushing role back.
	 */
	private boolean fill(ByteBuffer buffer) {
		buffer.clear();
		this.batch.removeCopied();
		while (this.batch.copyTo(buffer)) {
			synchronized (this.lock) {
				if (this.offered.isEmpty()) {
					if (buffer.position() > 0) {
						break;
					}
					this.batch.clear();
					this.lateWithdrawals.clear();
					if (this.blockedSince != 0) {
						this.blockedSince = 0;
					}
					this.flushing = false;
					return false;
				}
				this.offered = this.batch.takeAll(this.offered);
			}
		}
		buffer.flip();
		return true;
	}

	/**
	 * Drop what is not written and refuse more.
	 */
	public void close() {
		ByteBuffer buffer;
		synchronized (this.lock) {
			this.closed = true;
			this.offered.clear();
			this.lateWithdrawals.clear();
			buffer = takeUnwritten();
			if (buffer != null) {
				// no thread is using them
				this.batch.clear();
			}
		}
		if (buffer != null) {
			BufferPool.shared().giveBack(buffer);
		}
	}

	/**
	 * Return how many bytes wait to be written.
	 * @return the number of bytes
	 */
	public long queuedBytes() {
		long written = this.writtenBytes;
		return this.offeredBytes - written;
	}

	/**
	 * Return approximately how many frames wait to be written.
	 * @return the number, which may be off by those in progress
	 */
	public long queuedFrames() {
		// both are published by the volatile fields next to them
		return (this.writtenBytes < this.offeredBytes) ? this.offeredFrames - this.batch.takenFrames() : 0;
	}

	/**
	 * Return whether a frame was certainly not sent, not even in part. Call only after
	 * the socket was closed: a write that begins later fails.
	 * @param position what {@link #offer} returned for the frame
	 * @return {@code true} if none of its bytes can have reached the kernel
	 */
	public boolean isUnsent(long position) {
		return this.attemptedPosition <= position;
	}

	/**
	 * Return how many bytes the kernel has taken.
	 * @return the number of bytes since the beginning of the connection
	 */
	public long writtenBytes() {
		return this.writtenBytes;
	}

	/** Return how many bytes were queued since the beginning of the connection. */
	long offeredBytes() {
		return this.offeredBytes;
	}

	/**
	 * Return since when the peer has read nothing although bytes wait for it.
	 * @return the time on the clock of {@link System#nanoTime()}, 0 if nothing waits
	 */
	public long blockedSince() {
		return this.blockedSince;
	}

	/** The result of a flush. */
	public enum Flush {

		/** Everything was written. */
		DONE,

		/** Another thread holds the flushing role and writes it. */
		BUSY,

		/**
		 * The kernel takes no more now, or others need their turn: wait for the socket,
		 * then {@link #resume}.
		 */
		BLOCKED

	}

}
