package io.github.udsboot.client.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.BusyPoll;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * Reads the answers of one connection. Belongs, except for {@link #reads()} and
 * {@link #wakeup()}, to the holder of the connection's reading role.
 */
public final class ResponseReader {

	private static final Log logger = GuardedLog.of(ResponseReader.class);

	private static final int LARGE_READ = 256 << 10;

	private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

	private final UdsSocket socket;

	private final FrameReader reader;

	private final BusyPoll busyPoll;

	private final Answers answers;

	private final ReadBuffers buffers;

	private ByteBuffer readBuffer;

	/** A caller sleeps in it until something can be read. */
	private final Selector selector;

	/**
	 * Counts reads, so that the I/O thread can tell whether callers are at work; written
	 * by the holder of the role only.
	 */
	private volatile long reads;

	/** Counts reads that brought something; published by the field above. */
	private int arrivals;

	/** The number of frames read. */
	private long frames;

	/** Identifies the frame that has begun and not ended; 0 between frames. */
	private volatile long unfinished;

	private boolean registered;

	private boolean ended;

	private boolean closed;

	private int framesOfLastRead;

	/**
	 * Create a reader.
	 * @param buffers provides the read buffer and takes it back
	 * @param transport opens the selector, as the last step that can fail
	 * @throws IOException if no selector can be opened
	 */
	ResponseReader(UdsSocket socket, UdsTransport transport, ReadBuffers buffers, FrameReader reader, BusyPoll busyPoll,
			Answers answers) throws IOException {
		this.socket = socket;
		this.buffers = buffers;
		this.reader = reader;
		this.busyPoll = busyPoll;
		this.answers = answers;
		ByteBuffer buffer = buffers.take();
		try {
			this.selector = transport.openSelector();
		}
		catch (IOException | RuntimeException | Error ex) {
			buffers.giveBack(buffer);
			throw ex;
		}
		this.readBuffer = buffer;
	}

	/**
	 * Read once and hand over what was answered.
	 * @return the number of bytes, 0 for none, -1 when nothing will ever arrive again
	 */
	int read() {
		if (this.ended) {
			return -1;
		}
		long reads = this.reads;
		this.reads = reads + 1;
		try {
			ByteBuffer target = this.reader.target();
			int count = (target != null) ? readLarge(target) : this.socket.read(this.readBuffer.clear());
			if (count > 0) {
				this.arrivals++;
				decode((target != null) ? NO_BYTES : this.readBuffer.flip());
			}
			else if (count < 0) {
				end("The server closed the connection", null);
			}
			return count;
		}
		catch (IOException | RuntimeException | Error ex) {
			// whatever it was, the position in the byte stream is lost: going on could
			// give one caller the answer of another
			end("Reading failed: " + ex.getMessage(), ex);
			return -1;
		}
	}

	private int readLarge(ByteBuffer target) throws IOException {
		int limit = target.limit();
		target.limit(Math.min(limit, target.position() + LARGE_READ));
		int count = this.socket.read(target);
		target.limit(limit);
		return count;
	}

	private void decode(ByteBuffer in) throws IOException {
		int frames = 0;
		Frame frame = this.reader.read(in);
		while (frame != null) {
			frames++;
			this.answers.answered(frame);
			frame = this.reader.read(in);
		}
		this.framesOfLastRead = frames;
		this.frames += frames;
		long unfinished = this.reader.isMidFrame() ? this.frames + 1 : 0;
		if (unfinished != this.unfinished) {
			this.unfinished = unfinished;
		}
		this.answers.taken();
	}

	private void end(String reason, @Nullable Throwable cause) {
		this.ended = true;
		this.answers.ended(reason, cause);
	}

	/** Read until nothing is left for now. */
	void readAll() {
		int count = read();
		while (count > 0) {
			count = read();
		}
	}

	/**
	 * Wait for bytes: by polling for a short while, where that has paid off, then asleep.
	 * May return early without a reason.
	 * @param nanos how long to wait at most, more than 0
	 * @param underWay how many calls are under way
	 */
	void await(long nanos, int underWay) {
		long budget = this.busyPoll.budgetNanos(Math.max(underWay, this.framesOfLastRead));
		if (budget == 0 || !poll(Math.min(budget, nanos))) {
			sleep(nanos);
		}
	}

	@SuppressWarnings("ThreadPriorityCheck") // the yield keeps one processor usable by
												// the peer
	private boolean poll(long nanos) {
		long deadline = System.nanoTime() + nanos;
		do {
			if (read() != 0) {
				this.busyPoll.hit();
				return true;
			}
			Thread.yield();
		}
		while (System.nanoTime() - deadline < 0);
		this.busyPoll.miss();
		return false;
	}

	private void sleep(long nanos) {
		try {
			if (!this.registered) {
				this.socket.register(this.selector, SelectionKey.OP_READ, null);
				this.registered = true;
			}
			// a closing thread sets the flag, then wakes: a wake-up before the select
			// counts
			if (!this.answers.isClosed()) {
				this.selector.select(Math.max(1, nanos / 1_000_000));
				this.selector.selectedKeys().clear();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// no thread could wait here any more
			end("Waiting failed: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Close the selector, which releases a closed socket's descriptor, and give the
	 * buffer back. May be called more than once.
	 */
	void close() {
		this.ended = true;
		try {
			this.selector.close();
		}
		catch (IOException | RuntimeException | Error ex) {
			logger.debug("A selector could not be closed", ex);
		}
		if (!this.closed) {
			this.closed = true;
			this.buffers.giveBack(this.readBuffer);
			this.readBuffer = NO_BYTES;
		}
	}

	// --- by any thread

	void wakeup() {
		try {
			this.selector.wakeup();
		}
		catch (RuntimeException | Error ex) {
			logger.debug("A selector was closed before it could be woken", ex);
		}
	}

	long reads() {
		return this.reads;
	}

	/** Return a number that changes whenever something arrives. */
	int arrivals() {
		return (this.reads != 0) ? this.arrivals : 0;
	}

	/**
	 * Return the number of the frame that has begun and not ended, 0 if there is none.
	 */
	long unfinished() {
		return this.unfinished;
	}

	/** Takes what was read, on the thread that reads. */
	interface Answers {

		void answered(Frame frame);

		/** All frames of one read were handed over. */
		void taken();

		void ended(String reason, @Nullable Throwable cause);

		/** Return whether the connection is closed. */
		boolean isClosed();

	}

}
