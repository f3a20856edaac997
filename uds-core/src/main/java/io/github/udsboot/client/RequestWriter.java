package io.github.udsboot.client;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.BusyPoll;
import io.github.udsboot.connection.Outbox;
import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.transport.UdsSocket;

/**
 * Writes the requests of one connection. While the holder of the connection's reading
 * role is awake it <em>attends</em>: the others leave their requests to it, and it writes
 * them in one system call. Thread-safe, but for attending, which belongs to the holder of
 * the role.
 */
final class RequestWriter {

	private final Outbox outbox;

	private final Requests requests;

	/** Somebody writes what is queued before it sleeps or leaves. */
	private volatile boolean attended;

	RequestWriter(UdsSocket socket, BusyPoll busyPoll, Requests requests) {
		this.outbox = new Outbox(socket, busyPoll);
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
	 * Return whether a request was certainly not sent. Ask only after the socket was
	 * closed.
	 */
	boolean isUnsent(long position) {
		return this.outbox.isUnsent(position);
	}

	void close() {
		this.outbox.close();
	}

	/** Told what becomes of the requests, on the thread that writes. */
	interface Requests {

		/** The kernel takes no more now: {@link #resume()} when it does. */
		void awaitWritable();

		void writingFailed(IOException cause);

		void ended(String reason, @Nullable Throwable cause);

	}

}
