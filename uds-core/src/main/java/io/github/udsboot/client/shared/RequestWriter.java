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
 * role is awake it <em>attends</em>: the others leave their requests to it, and it writes
 * them in one system call. Thread-safe, but for attending, which belongs to the holder of
 * the role.
 */
public final class RequestWriter {

	/** What a frame takes beside its bytes, about. */
	private static final int FRAME_OVERHEAD = 96;

	private final Outbox outbox;

	private final Requests requests;

	private final long capacity;

	/** Where those wait whose requests find no room. */
	private final SenderGate gate = new SenderGate();

	/** Somebody writes what is queued before it sleeps or leaves. */
	private volatile boolean attended;

	/**
	 * Create a writer.
	 * @param capacity with more bytes than that waiting to be written it is full
	 */
	RequestWriter(UdsSocket socket, BusyPoll busyPoll, long capacity, Requests requests) {
		this.outbox = new Outbox(socket, busyPoll);
		this.capacity = capacity;
		this.requests = requests;
	}

	/**
	 * Queue a request. Does not write.
	 * @return how many bytes stand before it, -1 if it will never be written
	 */
	long offer(EncodedFrame frame) {
		return this.outbox.offer(frame);
	}

	/**
	 * Write what is queued, or leave it to whoever writes already. Throws nothing: what
	 * fails here becomes the outcome of the calls concerned.
	 */
	void flush() {
		if (this.outbox.queuedBytes() == 0) {
			return;
		}
		try {
			if (this.outbox.flush() == Flush.BLOCKED) {
				this.requests.awaitWritable();
			}
			madeRoom();
		}
		catch (IOException ex) {
			this.requests.writingFailed(ex);
		}
		catch (RuntimeException | Error ex) {
			// nobody else will ever write: the flushing role is still taken
			this.requests.ended("Writing failed: " + ex.getMessage(), ex);
		}
	}

	/** Go on after the kernel would take no more. */
	void resume() {
		try {
			if (this.outbox.resume() == Flush.BLOCKED) {
				this.requests.awaitWritable();
			}
			madeRoom();
		}
		catch (IOException ex) {
			this.requests.writingFailed(ex);
		}
		catch (RuntimeException | Error ex) {
			this.requests.ended("Writing failed: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Write what is queued, unless the holder of the reading role is about to. First
	 * queue, then look: {@link #leave()} does it the other way round.
	 */
	void flushUnlessAttended() {
		if (!this.attended) {
			flush();
		}
	}

	boolean isAttended() {
		return this.attended;
	}

	/** From now on the calling thread writes what others queue, with {@link #flush()}. */
	void attend() {
		this.attended = true;
	}

	/** From now on everybody writes by itself; write what was left to the caller. */
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
	 * Take a request back of which not a byte was written.
	 * @return whether it certainly never will be
	 */
	boolean withdraw(long position) {
		return this.outbox.withdraw(position);
	}

	/** As before, but a request that a thread is just at may vanish yet. */
	boolean withdrawEvenLate(long position) {
		return this.outbox.withdrawEvenLate(position);
	}

	// --- room

	/** Return whether more waits to be written than may. */
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
	 * First the room, then the look at those who wait: they do it the other way round.
	 */
	void madeRoom() {
		if (this.gate.isAwaited() && waitingBytes() <= this.capacity / 2) {
			this.gate.open();
		}
	}

	/**
	 * Wait until there is room, or none will be needed any more.
	 * @return {@code false} if the time is over
	 */
	boolean awaitRoom(long nanos) throws InterruptedException {
		return this.gate.await(this::hasRoom, nanos);
	}

	/** Have a task run once when there is room, or none is needed any more. */
	void whenRoom(Runnable task) {
		this.gate.whenOpen(this::hasRoom, task);
	}

	/** Return whether the server reads nothing though something waits for it. */
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

	/** {@link Requests#takesNoMore()} has become true. */
	void tellWaiting() {
		this.gate.open();
	}

	/** Told what becomes of the requests, on the thread that writes. */
	interface Requests {

		/** The kernel takes no more now: {@link #resume()} when it does. */
		void awaitWritable();

		void writingFailed(IOException cause);

		void ended(String reason, @Nullable Throwable cause);

		/** Return whether no more requests are taken. */
		boolean takesNoMore();

	}

}
