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
 * What one connection still has to write. Any thread may {@link #offer}; whoever flushes
 * writes what the others offered meanwhile in the same system call. When the kernel takes
 * no more, whoever flushes tries again for a few microseconds where that has paid: a peer
 * that reads makes room sooner than a sleeper is woken. Then the flushing role stays
 * taken ({@link Flush#BLOCKED}) and passes to whoever waits for the socket to become
 * writable, who calls {@link #resume}; no thread ever sleeps in here. What is not wanted
 * any more can be taken back ({@link #withdraw}) until it is written.
 */
public final class Outbox {

	/**
	 * For so long does one flush write. A peer that reads as fast as others offer must
	 * not keep the flushing thread, which has a loop to run or an answer to wait for.
	 */
	private static final long SLICE_NANOS = 1_000_000;

	/** A queue that was longer is not kept: it would hold its memory for good. */
	private static final int LONG_QUEUE = 1024;

	private final UdsSocket socket;

	/** Belongs to whoever flushes. */
	private final BusyPoll busyPoll;

	private final Object lock = new Object();

	/** Guarded by the lock. */
	private FrameQueue offered = new FrameQueue();

	/** Guarded by the lock: somebody flushes, or waits for the socket to be writable. */
	private boolean flushing;

	/** Guarded by the lock. */
	private boolean closed;

	/** Guarded by the lock: where the next frame begins. */
	private long nextPosition;

	/**
	 * Frames offered and not taken back; written under the lock, before the bytes.
	 */
	private long offeredFrames;

	/** Bytes offered and not taken back; written under the lock. */
	private volatile long offeredBytes;

	/** Frames that were written; written by whoever flushes, as the fields below. */
	private long takenFrames;

	/** Bytes that the kernel took. */
	private volatile long writtenBytes;

	/** Where in all that was ever offered the next write begins. */
	private long writePosition;

	/** As before, but raised ahead of a write by what it tries to write. */
	private volatile long attemptedPosition;

	/** Guarded by the lock: frames to take back as soon as no thread is at them. */
	private final List<Long> lateWithdrawals = new ArrayList<>(0);

	/**
	 * When the last write stopped short, or was left for later, as the kernel may just
	 * have become full; 0 while neither has happened.
	 */
	private volatile long blockedSince;

	/** Belongs to whoever flushes, as do the fields below. */
	private FrameQueue batch = new FrameQueue();

	/** How many entries of the batch were copied whole. */
	private int copied;

	/** How much was copied of the next. */
	private int batchOffset;

	/** Guarded by the lock: what the kernel would not take. */
	private @Nullable ByteBuffer unwritten;

	/**
	 * Create the outbox of a connection.
	 * @param socket the socket to write to
	 * @param busyPoll how long to try again while the kernel takes no more; this outbox's
	 * own
	 */
	public Outbox(UdsSocket socket, BusyPoll busyPoll) {
		this.socket = socket;
		this.busyPoll = busyPoll;
	}

	/**
	 * Add a frame to what is to be written. Does not write.
	 * @param frame the frame
	 * @return how many bytes stand before the frame, counted from the beginning of the
	 * connection; -1 if the outbox is closed and the frame was dropped
	 */
	public long offer(EncodedFrame frame) {
		synchronized (this.lock) {
			return add(frame);
		}
	}

	/**
	 * Add the answer to a request. Does not write. Whoever sees the request counted out
	 * sees the answer queued or written; and it is counted out before anybody can write
	 * the answer, as the peer may send the next request then.
	 * @param frame the answer
	 * @param owed how many answers are owed, counted down unless the outbox is closed
	 * @return how many bytes stand before the frame, counted from the beginning of the
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
	 * Take back a frame of which not a byte was written: it never will be. Where a thread
	 * is just at it, it stays.
	 * @param position what {@link #offer} said of the frame
	 * @return whether the frame was certainly not sent, not even in part
	 */
	public boolean withdraw(long position) {
		return withdraw(position, false);
	}

	/**
	 * As {@link #withdraw}, but where a thread is just at the frame, it is taken back
	 * should the kernel be full, and counts as sent: for a frame that is not missed.
	 * @param position what {@link #offer} said of the frame
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
			if (withdraw(this.offered, position)) {
				return true;
			}
			if (this.unwritten != null) {
				uncopy(this.unwritten);
				return withdrawWhole(position);
			}
			if (late && this.flushing && this.attemptedPosition <= position) {
				this.lateWithdrawals.add(position);
			}
			return false;
		}
	}

	/** Not a frame of which a part was written. */
	private boolean withdrawWhole(long position) {
		return position >= this.writePosition && withdraw(this.batch, position);
	}

	@SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
	private boolean withdraw(FrameQueue queue, long position) {
		EncodedFrame frame = queue.withdraw(position);
		if (frame == null) {
			return false;
		}
		this.offeredFrames--;
		this.offeredBytes -= frame.size();
		return true;
	}

	/**
	 * Forget what was copied and not written, so that each frame is whole again in the
	 * batch, save one that was written in part. With the lock, while no thread flushes.
	 */
	private void uncopy(ByteBuffer buffer) {
		buffer.clear().limit(0);
		this.copied = 0;
		this.batchOffset = 0;
		dropWritten();
	}

	private void dropWritten() {
		int count = 0;
		while (count < this.batch.size()) {
			EncodedFrame frame = this.batch.frame(count);
			long begin = this.batch.position(count);
			if (frame != null && begin + frame.size() > this.writePosition) {
				this.batchOffset = (int) Math.max(0, this.writePosition - begin);
				break;
			}
			this.takenFrames += (frame != null) ? 1 : 0;
			count++;
		}
		this.batch.removeFirst(count);
	}

	/**
	 * Write what was offered, unless somebody else does so already.
	 * @return what became of it
	 * @throws IOException if the socket failed; nothing more can be written then
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
			swap();
		}
		return write(takeBuffer());
	}

	private static ByteBuffer takeBuffer() throws IOException {
		try {
			return BufferPool.shared().take().limit(0);
		}
		catch (OutOfMemoryError ex) {
			// the flushing role would be lost with it
			throw new IOException("There is no memory to write through", ex);
		}
	}

	/**
	 * Go on after {@link Flush#BLOCKED}, as the one who holds the flushing role.
	 * @return what became of it
	 * @throws IOException if the socket failed; nothing more can be written then
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
	 * Try again for a while, where that pays.
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
				uncopy(buffer);
				for (long position : this.lateWithdrawals) {
					withdrawWhole(position);
				}
				this.lateWithdrawals.clear();
			}
			this.unwritten = buffer;
			return true;
		}
	}

	private int write(ByteBuffer buffer, long written) throws IOException {
		int count = 0;
		long position = this.writePosition;
		this.attemptedPosition = position + buffer.remaining();
		try {
			count = this.socket.write(buffer);
			this.writePosition = position + count;
			this.writtenBytes = written + count;
			return count;
		}
		finally {
			// a write that fails has written nothing
			this.attemptedPosition = position + count;
		}
	}

	/**
	 * Copy as much into the buffer as fits and has no gap in it. When nothing is left,
	 * give the flushing role back.
	 */
	private boolean fill(ByteBuffer buffer) {
		buffer.clear();
		removeCopied();
		while (true) {
			if (this.copied == this.batch.size()) {
				if (buffer.position() > 0 && !buffer.hasRemaining()) {
					break;
				}
				synchronized (this.lock) {
					if (this.offered.isEmpty()) {
						if (buffer.position() > 0) {
							break;
						}
						this.batch.clear();
						this.copied = 0;
						this.lateWithdrawals.clear();
						if (this.blockedSince != 0) {
							this.blockedSince = 0;
						}
						this.flushing = false;
						return false;
					}
					swap();
				}
				continue;
			}
			EncodedFrame frame = this.batch.frame(this.copied);
			if (frame == null) {
				this.copied++;
				continue;
			}
			long position = this.batch.position(this.copied) + this.batchOffset;
			if (buffer.position() == 0) {
				this.writePosition = position;
			}
			else if (position != this.writePosition + buffer.position()) {
				break;
			}
			this.batchOffset = copy(frame, this.batchOffset, buffer);
			if (this.batchOffset < frame.size()) {
				break;
			}
			this.copied++;
			this.batchOffset = 0;
		}
		buffer.flip();
		return true;
	}

	/** All that was copied is written. */
	private void removeCopied() {
		for (int i = 0; i < this.copied; i++) {
			this.takenFrames += (this.batch.frame(i) != null) ? 1 : 0;
		}
		this.batch.removeFirst(this.copied);
		this.copied = 0;
	}

	private static int copy(EncodedFrame frame, int offset, ByteBuffer buffer) {
		int head = frame.head().length;
		int done = offset;
		if (done < head) {
			int count = Math.min(head - done, buffer.remaining());
			buffer.put(frame.head(), done, count);
			done += count;
		}
		if (done >= head) {
			int count = Math.min(frame.size() - done, buffer.remaining());
			buffer.put(frame.body(), done - head, count);
			done += count;
		}
		return done;
	}

	private void swap() {
		if (this.batch.size() > 0) {
			// what is copied, which is all but gaps, stays until it is written
			this.batch.removeGaps();
			this.copied = this.batch.size();
			this.batch.takeAll(this.offered);
			return;
		}
		FrameQueue empty = (this.batch.capacity() <= LONG_QUEUE) ? this.batch : new FrameQueue();
		this.batch = this.offered;
		this.offered = empty;
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
				// no thread is at them
				this.batch.clear();
				this.copied = 0;
				this.batchOffset = 0;
			}
		}
		if (buffer != null) {
			BufferPool.shared().giveBack(buffer);
		}
	}

	/**
	 * Return how much waits to be written.
	 * @return the number of bytes
	 */
	public long queuedBytes() {
		long written = this.writtenBytes;
		return this.offeredBytes - written;
	}

	/**
	 * Return about how many frames wait to be written.
	 * @return the number, give or take those of the moment
	 */
	public long queuedFrames() {
		// both are published by the volatile fields beside them
		return (this.writtenBytes < this.offeredBytes) ? this.offeredFrames - this.takenFrames : 0;
	}

	/**
	 * Return whether a frame was certainly not sent, not even in part. Ask only after the
	 * socket was closed: a write that begins later fails.
	 * @param position what {@link #offer} said of the frame
	 * @return {@code true} if none of its bytes can have reached the kernel
	 */
	public boolean isUnsent(long position) {
		return this.attemptedPosition <= position;
	}

	/**
	 * Return how much the kernel has taken.
	 * @return the number of bytes since the beginning of the connection
	 */
	public long writtenBytes() {
		return this.writtenBytes;
	}

	/**
	 * Return since when the peer has read nothing although bytes wait for it.
	 * @return the time on the clock of {@link System#nanoTime()}, 0 if nothing waits
	 */
	public long blockedSince() {
		return this.blockedSince;
	}

	/** What became of a flush. */
	public enum Flush {

		/** Everything was written. */
		DONE,

		/** Somebody else holds the flushing role and writes it. */
		BUSY,

		/**
		 * The kernel takes no more now, or others have to have their turn: wait for the
		 * socket, then {@link #resume}.
		 */
		BLOCKED

	}

}
