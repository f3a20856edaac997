package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
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
 * writable, who calls {@link #resume}; no thread ever sleeps in here.
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
	private ArrayDeque<EncodedFrame> offered = new ArrayDeque<>(4);

	/** Guarded by the lock: somebody flushes, or waits for the socket to be writable. */
	private boolean flushing;

	/** Guarded by the lock. */
	private boolean closed;

	/** Frames ever offered; written under the lock, before the bytes. */
	private long offeredFrames;

	/** Bytes ever offered; written under the lock. */
	private volatile long offeredBytes;

	/** Frames that were copied to be written; written by whoever flushes, as the next. */
	private long takenFrames;

	/** Bytes that the kernel took; written by whoever flushes. */
	private volatile long writtenBytes;

	/** As before, but raised ahead of a write by what it tries to write. */
	private volatile long attemptedBytes;

	/** When the last write stopped short; 0 while none has. */
	private volatile long blockedSince;

	/** Belongs to whoever flushes, as do the fields below. */
	private ArrayDeque<EncodedFrame> batch = new ArrayDeque<>(4);

	private int batchOffset;

	/** How many frames the batch had; a queue that was long keeps its array. */
	private int batchSize;

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

	private long add(EncodedFrame frame) {
		if (this.closed) {
			return -1;
		}
		long position = this.offeredBytes;
		this.offeredFrames++;
		this.offeredBytes = position + frame.size();
		this.offered.add(frame);
		return position;
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
			this.unwritten = buffer;
			return true;
		}
	}

	private int write(ByteBuffer buffer, long written) throws IOException {
		int count = 0;
		this.attemptedBytes = written + buffer.remaining();
		try {
			count = this.socket.write(buffer);
			this.writtenBytes = written + count;
			return count;
		}
		finally {
			// a write that fails has written nothing
			this.attemptedBytes = written + count;
		}
	}

	/**
	 * Copy as much into the buffer as fits. When nothing is left, give the flushing role
	 * back.
	 */
	private boolean fill(ByteBuffer buffer) {
		buffer.clear();
		while (true) {
			EncodedFrame frame = this.batch.peek();
			if (frame == null) {
				if (buffer.position() > 0 && !buffer.hasRemaining()) {
					break;
				}
				synchronized (this.lock) {
					if (this.offered.isEmpty()) {
						if (buffer.position() > 0) {
							break;
						}
						this.flushing = false;
						return false;
					}
					swap();
				}
				continue;
			}
			this.batchOffset = copy(frame, this.batchOffset, buffer);
			if (this.batchOffset < frame.size()) {
				break;
			}
			this.batch.remove();
			this.takenFrames++;
			this.batchOffset = 0;
		}
		buffer.flip();
		return true;
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
		ArrayDeque<EncodedFrame> empty = (this.batchSize <= LONG_QUEUE) ? this.batch : new ArrayDeque<>(4);
		this.batch = this.offered;
		this.batchSize = this.batch.size();
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
			buffer = takeUnwritten();
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
		return this.attemptedBytes <= position;
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
