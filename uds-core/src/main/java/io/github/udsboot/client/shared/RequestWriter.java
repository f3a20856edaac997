package io.github.udsboot.client.shared;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.BusyPoll;
import io.github.udsboot.connection.Outbox;
import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.connection.SenderGate;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.transport.UdsSocket;

/**
 * Writes the requests of one connection. While the holder of the connection's reading
 * role is awake it <em>attends</em>: other threads leave their requests to it, and it
 * writes them in one system call. Thread-safe, except for attending, which belongs to the
 * holder of the role.
 */
public final class RequestWriter {

	/** Approximate memory of a frame besides its bytes. */
	private static final int FRAME_OVERHEAD = 96;

	private final Outbox outbox;

	private final Requests requests;

	private final long capacity;

	/** Where calls wait whose requests find no room. */
	private final SenderGate gate = new SenderGate();

	/** The attending thread writes what is queued before it sleeps or leaves. */
	private volatile boolean attended;

	/**
	 * Create a writer.
	 * @param capacity the number of waiting bytes above which the writer is full
	 */
	RequestWriter(UdsSocket socket, BusyPoll busyPoll, long capacity, Requests requests) {
		this.outbox = new Outbox(socket, busyPoll);
		this.capacity = capacity;
		this.requests = requests;
	}

	/**
	 * Queue a request. Does not write.
	 * @return the number of bytes before it, -1 if it will never be written
	 */
	long offer(EncodedFrame frame) {
		return this.outbox.offer(frame);
	}

	/**
	 * Write what is queued, or leave it to the thread that is already writing. Throws
	 * nothing: a failure here becomes the outcome of the calls concerned.
	 */
	void flush() {
		if (this.outbox.queuedBytes() != 0) {
			write(false);
		}
	}

	/** Continue after the kernel would take no more. */
	void resume() {
		write(true);
	}

	private void write(boolean resuming) {
		try {
			Flush outcome = resuming ? this.outbox.resume() : this.outbox.flush();
			if (outcome == Flush.BLOCKED) {
				this.requests.awaitWritable();
			}
			madeRoom();
		}
		catch (IOException ex) {
			this.requests.writingFailed(ex);
		}
		catch (RuntimeException | Error ex) {
			// no other thread will ever write: the flushing role is still taken
			this.requests.ended("Writing failed: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Write what is queued, unless the holder of the reading role is about to. First
	 * queue, then check: {@link #leave()} uses the reverse order.
	 */
	void flushUnlessAttended() {
		if (!this.attended) {
			flush();
		}
	}

	boolean isAttended() {
		return this.attended;
	}

	/**
	 * Attend: from now on the calling thread writes what others queue, with
	 * {@link #flush()}.
	 */
	void attend() {
		this.attended = true;
	}

	/**
	 * Attend no more: from now on each thread writes for itself. Write what was left to
	 * the caller.
	 */
	void leave() {
		this.attended = false;
		flush();
	}

	/**
	 * Return whether a request was certainly not sent, if the socket was closed before.
	 */
	boolean isUnsent(long position) {
		return this.outbox.isUnsent(position);
	}

	/**
	 * Withdraw a request of which no byte was written.
	 * @return whether it will certainly never be written
	 */
	boolean withdraw(long position) {
		return this.outbox.withdraw(position);
	}

	/**
	 * As {@link #withdraw}, but a request that a thread is just writing may still be
	 * dropped.
	 */
	boolean withdrawEvenLate(long position) {
		return this.outbox.withdrawEvenLate(position);
	}

	// --- room

	/** Return whether more waits to be written than allowed. */
	boolean isFull() {
		return waitingBytes() > this.capacity;
	}

	private long waitingBytes() {
		long bytes = this.outbox.queuedBytes();
		return (bytes != 0) ? bytes + FRAME_OVERHEAD * this.outbox.queuedFrames() : 0;
	}

	private boolean hasRoom() {
		return !isFull() || this.requests.takesNoMore();
	}

	/**
	 * Tell the waiting calls that there is room. First the room, then the check for
	 * waiting calls: those use the reverse order.
	 */
	void madeRoom() {
		if (this.gate.isAwaited() && waitingBytes() <= this.capacity / 2) {
			this.gate.open();
		}
	}

	/**
	 * Wait until there is room, or none will be needed any more.
	 * @return {@code false} if the time is up
	 */
	boolean awaitRoom(long nanos) throws InterruptedException {
		return this.gate.await(this::hasRoom, nanos);
	}

	/** Run a task once when there is room, or none is needed any more. */
	void whenRoom(Runnable task) {
		this.gate.whenOpen(this::hasRoom, task);
	}

	/** Return whether the server reads nothing although something waits for it. */
	boolean isBlocked() {
		return this.outbox.queuedBytes() > 0 && this.outbox.blockedSince() != 0;
	}

	long writtenBytes() {
		return this.outbox.writtenBytes();
	}

	void close() {
		this.outbox.close();
		tellWaiting();
	}

	/** Tell the waiting calls that {@link Requests#takesNoMore()} has become true. */
	void tellWaiting() {
		this.gate.open();
	}

	/** Told what becomes of the requests, on the writing thread. */
	interface Requests {

		/** Wait for the kernel to take more, then call {@link #resume()}. */
		void awaitWritable();

		void writingFailed(IOException cause);

		void ended(String reason, @Nullable Throwable cause);

		/** Return whether no more requests are taken. */
		boolean takesNoMore();

	}

}
