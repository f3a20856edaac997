package io.github.udsboot.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.memory.MemoryHold;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.transport.UdsSocket;

/**
 * The writing half of a connection on an event loop: what is to be written, who waits for
 * room, and how the output ends. Where nothing else is said, for any thread.
 */
final class ConnectionOutput {

	private static final AtomicReferenceFieldUpdater<ConnectionOutput, @Nullable StreamStall> STREAM = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionOutput.class, StreamStall.class, "stream");

	/** What a frame takes beside its bytes, about. */
	private static final int FRAME_OVERHEAD = 96;

	/** So much may wait while there is little memory left for peers. */
	private static final long TIGHT_QUEUE = 64 << 10;

	/** The memory that the connection itself pays for. */
	private static final long FREE_BYTES = 4 << 10;

	private final LoopConnection connection;

	private final UdsSocket socket;

	private final Outbox outbox;

	private final SenderGate gate = new SenderGate();

	private final long capacity;

	private final long leastLimit;

	private final MemoryHold memory;

	/** The one that the connection is there for, {@code null} if it is for calls. */
	private volatile @Nullable StreamStall stream;

	/** The peer reads no more: what is to be written is dropped. */
	private volatile boolean mute;

	private volatile boolean shutdownWanted;

	/** The fields below belong to the loop's owner. */
	private boolean corked;

	private boolean shutdown;

	ConnectionOutput(LoopConnection connection, UdsSocket socket, ConnectionLimits limits) {
		this.connection = connection;
		this.socket = socket;
		this.outbox = new Outbox(socket, new BusyPoll(limits.busyPoll()));
		this.capacity = limits.outboundQueueSize();
		this.leastLimit = Math.min(this.capacity, TIGHT_QUEUE);
		this.memory = new MemoryHold(connection.account(), FREE_BYTES, this::heldBytes);
	}

	/**
	 * Add a frame to what is to be written. Does not write.
	 * @return how many bytes stand before it, -1 if it will never be written
	 */
	long offer(EncodedFrame frame) {
		return this.outbox.offer(frame);
	}

	/**
	 * Add the answer to a request, which is counted out. Does not write.
	 * @return how many bytes stand before it, -1 if it will never be written
	 */
	long offer(EncodedFrame frame, AtomicInteger owed) {
		return this.outbox.offer(frame, owed);
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
			// nobody will write it, so nothing is owed either
			owed.decrementAndGet();
		}
		this.corked = true;
	}

	void flush() {
		try {
			switch (this.outbox.flush()) {
				case BLOCKED -> {
					this.memory.cover(heldBytes());
					this.connection.loop().execute(this.connection::awaitWritable);
				}
				case DONE -> written();
				case BUSY -> this.memory.cover(heldBytes());
			}
		}
		catch (IOException ex) {
			this.connection.loop().execute(() -> this.connection.writingFailed(ex));
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
				// what others offered meanwhile was written too, and they may wait
				case DONE -> written();
				case BUSY -> this.memory.cover(heldBytes());
			}
		}
		catch (IOException ex) {
			this.connection.writingFailed(ex);
		}
	}

	/** Go on after the kernel would take no more. For the loop's owner. */
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
		StreamStall stream = this.stream;
		if (stream != null) {
			checkStream(stream);
		}
		if (isDrainedToHalf()) {
			this.gate.open();
		}
		if (this.shutdownWanted) {
			this.connection.loop().execute(this::shutdownWhenWritten);
		}
		this.connection.written();
	}

	/** Return how many bytes wait to be written to a peer that reads. */
	long queuedBytes() {
		return this.mute ? 0 : this.outbox.queuedBytes();
	}

	/**
	 * Return how much memory is taken by what waits: tiny frames cost more than their
	 * bytes.
	 */
	private long heldBytes() {
		return this.mute ? 0 : this.outbox.queuedBytes() + FRAME_OVERHEAD * this.outbox.queuedFrames();
	}

	/**
	 * Return whether the peer is to be read no further. By any thread. What makes it so
	 * waits to be written, so a look follows when it is.
	 */
	boolean isFull() {
		long held = heldBytes();
		return held > this.leastLimit && held > limit();
	}

	boolean isDrainedToHalf() {
		long held = heldBytes();
		return held <= this.leastLimit / 2 || held <= limit() / 2;
	}

	/** A peer that does not read gets no more of a memory that is nearly used up. */
	private long limit() {
		return this.connection.account().isTight() ? this.leastLimit : this.capacity;
	}

	/** The connection is there for one stream. On the loop's owner. */
	StreamStall beginStream() {
		StreamStall begun = new StreamStall(this);
		this.stream = begun;
		return begun;
	}

	/** The connection is there for more than one stream. On the loop's owner. */
	void endOwnStream() {
		if (this.stream != null) {
			this.stream = null;
		}
	}

	/** What the stream has sent last may still wait. By any thread. */
	void checkStream(StreamStall stream) {
		if (stream.isEnded() && this.outbox.queuedBytes() == 0) {
			// another one may have begun
			STREAM.compareAndSet(this, stream, null);
		}
	}

	/** Return for how long the peer may read nothing while something waits for it. */
	Duration stallTimeout(ConnectionClocks clocks) {
		return (this.stream != null) ? clocks.streamStall() : clocks.stall();
	}

	/** Return since when the peer reads nothing, 0 if it reads or nothing waits. */
	long blockedSince() {
		return (queuedBytes() > 0) ? this.outbox.blockedSince() : 0;
	}

	/**
	 * Wait until no more waits to be written than may.
	 * @return {@code false} if the time is over
	 */
	boolean awaitRoom(long nanos) throws InterruptedException {
		return this.gate.await(this::hasRoom, nanos);
	}

	/** Have a task run once when there is room, or none is needed any more. */
	void whenRoom(Runnable task) {
		this.gate.whenOpen(this::hasRoom, task);
	}

	/**
	 * Return whether no more waits to be written than may, or none ever will be.
	 */
	boolean hasRoom() {
		return this.connection.isClosed() || !isFull();
	}

	/**
	 * Wait until everything is written.
	 * @return {@code false} if the time is over
	 */
	boolean awaitWritten(long nanos) throws InterruptedException {
		return this.gate.await(() -> this.connection.isClosed() || queuedBytes() == 0, nanos);
	}

	// --- the end

	/** End the output when all is written. */
	void shutdown() {
		this.shutdownWanted = true;
		this.connection.loop().execute(this::shutdownWhenWritten);
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

	/** Drop what is not written and all that will come. For the loop's owner. */
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
