package io.github.udsboot.connection;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.memory.MemoryHold;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.transport.UdsSocket;

/**
 * The writing half of a connection on an event loop: what to write, the senders that wait
 * for room, and how the output ends. For any thread, unless said otherwise.
 */
final class ConnectionOutput {

	/** Approximate memory of a frame besides its bytes. */
	private static final int FRAME_OVERHEAD = 96;

	/** The memory that the connection itself pays for. */
	private static final long FREE_BYTES = 4 << 10;

	private final LoopChannel connection;

	private final EventLoop loop;

	private final UdsSocket socket;

	private final Outbox outbox;

	private final SenderGate gate = new SenderGate();

	/** The loop has a task to write what was left to it. */
	private final AtomicBoolean flushing = new AtomicBoolean();

	private final OutputLimit limit;

	private final StallClock stallClock;

	private final MemoryHold memory;

	/** The peer reads no more: everything to be written is dropped. */
	private volatile boolean mute;

	private volatile boolean shutdownWanted;

	/** The fields below belong to the loop's owner. */
	private boolean corked;

	private boolean shutdown;

	ConnectionOutput(LoopChannel connection, EventLoop loop, UdsSocket socket, MemoryAccount account,
			ConnectionLimits limits) {
		this.connection = connection;
		this.loop = loop;
		this.socket = socket;
		this.outbox = new Outbox(socket, new BusyPoll(limits.busyPoll()));
		this.limit = new OutputLimit(account, limits.outboundQueueSize());
		this.stallClock = new StallClock(this.outbox);
		this.memory = new MemoryHold(account, FREE_BYTES, this::heldBytes);
	}

	/**
	 * Queue the answer to a request, which is counted out. Does not write.
	 * @return the number of bytes before it, -1 if it will never be written
	 */
	long offer(EncodedFrame frame, AtomicInteger owed) {
		return this.outbox.offer(frame, owed);
	}

	/**
	 * Queue a frame that answers nothing, and write.
	 * @return the number of bytes before it, -1 if it will never be written
	 */
	long push(EncodedFrame frame) {
		if (this.shutdownWanted) {
			return -1;
		}
		long position = this.outbox.offer(frame);
		if (position >= 0) {
			this.connection.active();
			flush();
		}
		return position;
	}

	/**
	 * Leave a frame that answers nothing for the loop to write.
	 * @return {@code false} if it will never be written
	 */
	boolean pushSoon(EncodedFrame frame) {
		if (this.shutdownWanted || this.outbox.offer(frame) < 0) {
			return false;
		}
		if (!this.flushing.get() && this.flushing.compareAndSet(false, true)) {
			this.connection.active();
			this.loop.execute(this::flushLeft);
		}
		return true;
	}

	/**
	 * Write what was left. First clear the flag of the task, then write: a thread that
	 * leaves a frame uses the reverse order.
	 */
	private void flushLeft() {
		this.flushing.set(false);
		flush();
	}

	boolean isUnsent(long position) {
		return this.outbox.isUnsent(position);
	}

	/** Leave a frame for {@link #flushCorked()}. For the loop's owner. */
	void cork(EncodedFrame frame) {
		this.outbox.offer(frame);
		this.corked = true;
	}

	/** As {@link #cork(EncodedFrame)}, for the answer to a request. */
	void cork(EncodedFrame frame, AtomicInteger owed) {
		if (this.outbox.offer(frame, owed) < 0) {
			// it will never be written, so nothing is owed either
			owed.decrementAndGet();
		}
		this.corked = true;
	}

	void flush() {
		try {
			switch (this.outbox.flush()) {
				case BLOCKED -> {
					this.memory.cover(heldBytes());
					this.loop.execute(this.connection::awaitWritable);
				}
				case DONE -> written();
				case BUSY -> this.memory.cover(heldBytes());
			}
		}
		catch (IOException ex) {
			this.loop.execute(() -> this.connection.writingFailed(ex));
		}
	}

	/** For the loop's owner. */
	void flushCorked() {
		if (!this.corked) {
			return;
		}
		this.corked = false;
		if (this.connection.isClosed()) {
			return;
		}
		try {
			switch (this.outbox.flush()) {
				case BLOCKED -> {
					this.memory.cover(heldBytes());
					this.connection.awaitWritable();
				}
				// what others offered meanwhile was written, too, and they may be waiting
				case DONE -> written();
				case BUSY -> this.memory.cover(heldBytes());
			}
		}
		catch (IOException ex) {
			this.connection.writingFailed(ex);
		}
	}

	/** Continue after the kernel would take no more. For the loop's owner. */
	void resume() {
		try {
			if (this.outbox.resume() == Flush.BLOCKED) {
				this.connection.awaitWritable();
			}
			written();
		}
		catch (IOException ex) {
			this.connection.writingFailed(ex);
		}
	}

	private void written() {
		this.memory.settle();
		this.stallClock.written();
		if (isDrainedToHalf()) {
			this.gate.open();
		}
		if (this.shutdownWanted) {
			this.loop.execute(this::shutdownWhenWritten);
		}
		this.connection.written();
	}

	/** Return how many bytes wait to be written to a peer that reads. */
	long queuedBytes() {
		return this.mute ? 0 : this.outbox.queuedBytes();
	}

	/**
	 * Return how much memory the waiting frames take: tiny frames cost more than their
	 * bytes.
	 */
	private long heldBytes() {
		return this.mute ? 0 : this.outbox.queuedBytes() + FRAME_OVERHEAD * this.outbox.queuedFrames();
	}

	/**
	 * Return whether reading from the peer must stop. By any thread. The cause waits to
	 * be written, so another check follows once it is.
	 */
	boolean isFull() {
		return this.limit.isExceeded(heldBytes());
	}

	boolean isDrainedToHalf() {
		return this.limit.isHalved(heldBytes());
	}

	/** Return which clock runs while the peer reads nothing. */
	StallClock stallClock() {
		return this.stallClock;
	}

	/** Return since when the peer has read nothing, 0 if it reads or nothing waits. */
	long blockedSince() {
		return (queuedBytes() > 0) ? this.outbox.blockedSince() : 0;
	}

	/**
	 * Wait until no more waits to be written than allowed.
	 * @return {@code false} if the time is up
	 */
	boolean awaitRoom(long nanos) throws InterruptedException {
		return this.gate.await(this::hasRoom, nanos);
	}

	/** Run a task once when there is room, or none is needed any more. */
	void whenRoom(Runnable task) {
		this.gate.whenOpen(this::hasRoom, task);
	}

	/**
	 * Return whether no more waits to be written than allowed, or nothing will be written
	 * any more.
	 */
	boolean hasRoom() {
		return this.connection.isClosed() || !isFull();
	}

	/**
	 * Wait until everything is written.
	 * @return {@code false} if the time is up
	 */
	boolean awaitWritten(long nanos) throws InterruptedException {
		return this.gate.await(() -> this.connection.isClosed() || queuedBytes() == 0, nanos);
	}

	/** End the output once everything is written. */
	void shutdown() {
		this.shutdownWanted = true;
		this.loop.execute(this::shutdownWhenWritten);
	}

	boolean isShutdown() {
		return this.shutdownWanted;
	}

	private void shutdownWhenWritten() {
		if (this.shutdown || this.connection.isClosed() || queuedBytes() > 0) {
			return;
		}
		this.shutdown = true;
		try {
			this.socket.shutdownOutput();
		}
		catch (IOException ex) {
			this.connection.writingFailed(ex);
		}
	}

	/** Drop what is not written, and everything that follows. For the loop's owner. */
	void mute() {
		this.mute = true;
		this.outbox.close();
		this.memory.settle();
		this.gate.open();
	}

	void close() {
		this.outbox.close();
		this.memory.close();
		this.gate.open();
	}

}
