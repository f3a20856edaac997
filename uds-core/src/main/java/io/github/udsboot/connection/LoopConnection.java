package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.transport.UdsSocket;

/**
 * An accepted connection that lives on an event loop. The loop's owner reads it and
 * closes it; any thread may {@link #answer}.
 */
public final class LoopConnection implements LoopMember {

	/**
	 * At most this much of a large frame is read at once, so that nobody else starves.
	 */
	private static final int LARGE_READ = 256 << 10;

	/** For so long may one connection's requests be decoded and run in a row. */
	private static final long SLICE_NANOS = 1_000_000;

	/** So many reads empty a socket that is as full as the kernel lets it be. */
	private static final int READS_BEFORE_END = 2;

	private final EventLoop loop;

	private final UdsSocket socket;

	private final FrameReader reader;

	private final ConnectionHandler handler;

	private final ConnectionLimits limits;

	private final PeerCredentials peer;

	private final Outbox outbox;

	private final BusyPoll busyPoll;

	private final long acceptedAt = System.nanoTime();

	private final AtomicInteger inFlight = new AtomicInteger();

	private final boolean watchesIdle;

	private volatile boolean ending;

	private volatile boolean closed;

	/** Written by the loop's owner: what was read waits to be decoded. */
	private volatile boolean paused;

	private volatile long lastActive;

	/** The fields below belong to the loop's owner. */
	private @Nullable SelectionKey key;

	private boolean inputEnded;

	private int drainReads = -1;

	private boolean proven;

	private boolean corked;

	private int framesOfLastRead;

	private long frameSince;

	private @Nullable ByteBuffer postponed;

	LoopConnection(EventLoop loop, UdsSocket socket, PeerCredentials peer, FrameReader reader,
			ConnectionHandler handler, ConnectionLimits limits) {
		this.loop = loop;
		this.socket = socket;
		this.peer = peer;
		this.reader = reader;
		this.handler = handler;
		this.limits = limits;
		this.outbox = new Outbox(socket);
		this.busyPoll = new BusyPoll(limits.busyPoll());
		this.watchesIdle = limits.watchesIdle();
		this.lastActive = System.nanoTime();
	}

	/**
	 * Return the loop that the connection lives on.
	 * @return the loop
	 */
	public EventLoop loop() {
		return this.loop;
	}

	/**
	 * Return who is at the other end.
	 * @return the peer, as it was when it connected
	 */
	public PeerCredentials peer() {
		return this.peer;
	}

	/**
	 * Count a request that was accepted and is not answered yet.
	 * @return how many there are now
	 */
	public int beginRequest() {
		return this.inFlight.incrementAndGet();
	}

	/**
	 * Return how many requests are accepted and not answered.
	 * @return the number
	 */
	public int inFlight() {
		return this.inFlight.get();
	}

	/**
	 * Note that the first valid frame has arrived. Call on the loop's owner.
	 * @return whether this was the first
	 */
	public boolean prove() {
		boolean first = !this.proven;
		this.proven = true;
		return first;
	}

	/**
	 * Return whether the first valid frame has arrived.
	 * @return {@code true} once {@link #prove()} was called
	 */
	public boolean isProven() {
		return this.proven;
	}

	/**
	 * Return whether the connection takes no more requests.
	 * @return {@code true} once {@link #drain()} has begun
	 */
	public boolean isEnding() {
		return this.ending;
	}

	/**
	 * Return whether the connection is closed.
	 * @return {@code true} once closed
	 */
	public boolean isClosed() {
		return this.closed;
	}

	// --- writing, by any thread

	/**
	 * Write the answer to a request that {@link #beginRequest} counted.
	 * @param frame the answer
	 */
	public void answer(EncodedFrame frame) {
		this.outbox.offer(frame);
		// counted out before the flush: whoever completes it then sees what is left
		this.inFlight.decrementAndGet();
		if (this.watchesIdle) {
			this.lastActive = System.nanoTime();
		}
		flush();
	}

	/**
	 * Close the connection because the answer to a request cannot be given: the peer must
	 * not wait for it.
	 * @param cause what failed
	 */
	public void abandon(Throwable cause) {
		this.loop.execute(() -> close(CloseReason.IO_ERROR, cause));
	}

	/**
	 * Leave a frame for the loop's owner to write with the next ones. Call on the owner.
	 * @param frame the frame
	 */
	public void cork(EncodedFrame frame) {
		this.outbox.offer(frame);
		this.corked = true;
	}

	/**
	 * As {@link #cork}, for the answer to a request that {@link #beginRequest} counted.
	 * @param frame the answer
	 */
	public void corkAnswer(EncodedFrame frame) {
		cork(frame);
		this.inFlight.decrementAndGet();
	}

	private void flush() {
		try {
			switch (this.outbox.flush()) {
				case BLOCKED -> this.loop.execute(this::awaitWritable);
				case DONE -> written();
				case BUSY -> {
				}
			}
		}
		catch (IOException ex) {
			this.loop.execute(() -> vanished(ex));
		}
	}

	/** What waited for the outbox may go on. By any thread that flushed all of it. */
	private void written() {
		if (this.paused && this.outbox.queuedBytes() <= this.limits.outboundQueueSize() / 2) {
			this.loop.execute(this::unpause);
		}
		if (this.ending) {
			this.loop.execute(this::settle);
		}
	}

	// --- on the loop's owner

	void register() {
		this.loop.members().add(this);
		try {
			this.key = this.socket.register(this.loop.selector(), SelectionKey.OP_READ, this);
			this.loop.members().startClocks();
		}
		catch (ClosedSelectorException ex) {
			close(CloseReason.STOPPED, null);
		}
		catch (IOException ex) {
			close(CloseReason.IO_ERROR, ex);
		}
	}

	@Override
	public void ready(SelectionKey key) {
		try {
			if (!this.closed && key.isWritable()) {
				// first the interest, then the write: the other way round a new interest
				// would be lost
				key.interestOpsAnd(~SelectionKey.OP_WRITE);
				resume();
			}
			if (!this.closed && key.isReadable()) {
				receive();
			}
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
		}
	}

	private void resume() {
		try {
			if (this.outbox.resume() == Outbox.Flush.BLOCKED) {
				awaitWritable();
			}
			written();
		}
		catch (IOException ex) {
			vanished(ex);
		}
	}

	/**
	 * Read once, and leave it to the loop to decode what came.
	 * @return whether anything came, be it the end
	 */
	boolean receive() {
		if (this.paused || this.inputEnded || this.closed) {
			return false;
		}
		try {
			return read();
		}
		catch (IOException ex) {
			vanished(ex);
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
		}
		return true;
	}

	private boolean read() throws IOException {
		ByteBuffer target = this.reader.target();
		if (target != null) {
			return receiveLarge(target);
		}
		ByteBuffer buffer = this.loop.readBuffer();
		int count = this.socket.read(buffer.clear());
		buffer.flip();
		return received(count, buffer);
	}

	private boolean receiveLarge(ByteBuffer target) throws IOException {
		int limit = target.limit();
		int total = 0;
		int count = 0;
		while (target.position() < limit && total < LARGE_READ * 4) {
			target.limit(Math.min(limit, target.position() + LARGE_READ));
			count = this.socket.read(target);
			target.limit(limit);
			if (count <= 0) {
				break;
			}
			total += count;
		}
		return received((total > 0) ? total : count, EventLoop.NO_BYTES);
	}

	private boolean received(int count, ByteBuffer buffer) {
		if (count > 0) {
			this.framesOfLastRead = 0;
			this.loop.decodeLater(this, buffer);
			return true;
		}
		if (count < 0) {
			endInput();
			return true;
		}
		return false;
	}

	private void endInput() {
		this.inputEnded = true;
		// a frame that has begun will never end, but what came before is owed its answers
		this.frameSince = 0;
		this.ending = true;
		updateInterest();
		this.loop.execute(this::settle);
	}

	/**
	 * Decode what arrived and pass the frames on.
	 * @return whether the calling thread still owns the loop; if not, it must touch
	 * nothing of it any more
	 */
	boolean decode(ByteBuffer in) {
		long begun = 0;
		try {
			while (!this.closed) {
				if (this.outbox.queuedBytes() > this.limits.outboundQueueSize() && !drainOutbox()) {
					// the peer asks faster than it reads its answers: first the flag,
					// then
					// the look at the outbox, as somebody may just have emptied it
					postpone(in);
					written();
					return true;
				}
				Frame frame = this.reader.read(in);
				if (frame == null) {
					break;
				}
				this.framesOfLastRead++;
				this.frameSince = 0;
				if (!this.handler.frame(this, frame)) {
					return false;
				}
				if (in.hasRemaining()) {
					long now = System.nanoTime();
					begun = (begun != 0) ? begun : now;
					if (now - begun > SLICE_NANOS) {
						// the loop's other connections have their turn first
						postpone(in);
						this.loop.execute(this::unpause);
						return true;
					}
				}
			}
		}
		catch (ProtocolException ex) {
			flushCorked();
			close(CloseReason.PROTOCOL_ERROR, ex);
			return true;
		}
		if (this.watchesIdle) {
			this.lastActive = System.nanoTime();
		}
		if (!this.reader.isMidFrame()) {
			this.frameSince = 0;
		}
		else if (this.frameSince == 0) {
			this.frameSince = System.nanoTime() | 1;
			this.loop.members().startClocks();
		}
		return true;
	}

	/**
	 * Keep what is not decoded yet for {@link #unpause()}, and read no more till then.
	 */
	private void postpone(ByteBuffer in) {
		ByteBuffer rest = in;
		if (in.isDirect()) {
			// the loop's buffer is needed for others
			rest = ByteBuffer.allocate(in.remaining()).put(in).flip();
		}
		this.postponed = rest;
		this.paused = true;
		this.frameSince = 0;
		updateInterest();
	}

	private boolean drainOutbox() {
		flushCorked();
		return this.outbox.queuedBytes() <= this.limits.outboundQueueSize();
	}

	/**
	 * Go on after what was read has been decoded, as far as it was.
	 */
	void decoded() {
		flushCorked();
		if (this.ending) {
			this.loop.execute(this::settle);
		}
		else if (this.drainReads >= 0) {
			this.loop.execute(this::drain);
		}
	}

	void flushCorked() {
		if (!this.corked) {
			return;
		}
		this.corked = false;
		if (this.closed) {
			return;
		}
		try {
			if (this.outbox.flush() == Outbox.Flush.BLOCKED) {
				awaitWritable();
			}
		}
		catch (IOException ex) {
			vanished(ex);
		}
	}

	private void unpause() {
		ByteBuffer rest = this.postponed;
		this.postponed = null;
		if (rest == null || this.closed) {
			return;
		}
		// only now may the socket be read again, else later bytes would overtake these
		this.paused = false;
		updateInterest();
		this.loop.decodeLater(this, rest);
	}

	private void awaitWritable() {
		SelectionKey key = this.key;
		if (key != null && key.isValid() && !this.closed) {
			key.interestOpsOr(SelectionKey.OP_WRITE);
			this.loop.members().startClocks();
		}
	}

	private void updateInterest() {
		SelectionKey key = this.key;
		if (key == null || !key.isValid()) {
			return;
		}
		if (this.paused || this.inputEnded) {
			key.interestOpsAnd(~SelectionKey.OP_READ);
		}
		else {
			key.interestOpsOr(SelectionKey.OP_READ);
		}
	}

	/**
	 * Close once an ending connection owes nothing any more. Always a task of the loop,
	 * because it may read.
	 */
	private void settle() {
		if (this.closed || this.inFlight.get() > 0 || this.outbox.queuedBytes() > 0 || this.postponed != null) {
			return;
		}
		// what came meanwhile deserves an answer, be it a refusal, and so does a request
		// that is half here: the frame's clock bounds the wait for the rest
		if (receive() || (this.reader.isMidFrame() && !this.inputEnded)) {
			return;
		}
		close(endReason(), null);
	}

	private CloseReason endReason() {
		if (!this.inputEnded) {
			return CloseReason.STOPPED;
		}
		return this.reader.isMidFrame() ? CloseReason.TRUNCATED : CloseReason.PEER_CLOSED;
	}

	/**
	 * Take what the peer has sent so far, then refuse more, answer what was taken, and
	 * close. Always a task of the loop, because it may read.
	 */
	void drain() {
		if (this.drainReads < 0) {
			this.drainReads = READS_BEFORE_END;
		}
		// what is in the socket now was sent before the drain began: it still counts;
		// this goes on when it is decoded
		if (this.ending || this.closed || this.paused || (this.drainReads-- > 0 && receive())) {
			return;
		}
		this.ending = true;
		settle();
	}

	int underWay() {
		return Math.max(this.inFlight.get(), this.framesOfLastRead);
	}

	BusyPoll busyPoll() {
		return this.busyPoll;
	}

	/**
	 * Close when a clock has run out.
	 * @return whether a clock still runs
	 */
	@Override
	public boolean checkClocks(long now) {
		ConnectionClocks clocks = this.limits.clocks();
		long blockedSince = this.outbox.blockedSince();
		boolean writing = this.outbox.queuedBytes() > 0 && blockedSince != 0;
		if (writing && ConnectionClocks.expired(clocks.stall(), blockedSince, now)) {
			close(CloseReason.STALLED, null);
			return false;
		}
		if (!this.proven && ConnectionClocks.expired(clocks.firstFrame(), this.acceptedAt, now)) {
			close(CloseReason.FIRST_FRAME_TIMEOUT, null);
			return false;
		}
		if (this.frameSince != 0 && ConnectionClocks.expired(clocks.frame(), this.frameSince, now)) {
			close(CloseReason.FRAME_TIMEOUT, null);
			return false;
		}
		boolean idle = this.inFlight.get() == 0 && !writing;
		if (idle && ConnectionClocks.expired(clocks.idle(), this.lastActive, now)) {
			close(CloseReason.IDLE, null);
			return false;
		}
		boolean waitsForFirst = !this.proven && clocks.firstFrame().toNanos() > 0;
		return writing || waitsForFirst || this.frameSince != 0 || this.watchesIdle;
	}

	@Override
	public void stop() {
		close(CloseReason.STOPPED, null);
	}

	/**
	 * The socket failed, mostly because the peer has gone without a word: normal life, if
	 * nothing was lost.
	 */
	private void vanished(IOException cause) {
		if (this.reader.isMidFrame()) {
			close(CloseReason.TRUNCATED, cause);
		}
		else if (this.inFlight.get() > 0 || this.outbox.queuedBytes() > 0) {
			close(CloseReason.IO_ERROR, cause);
		}
		else {
			close(CloseReason.PEER_CLOSED, cause);
		}
	}

	/** This side failed. */
	void fail(Throwable cause) {
		Failures.log("The connection of " + this.peer + " is closed after a failure", cause);
		close(CloseReason.IO_ERROR, cause);
	}

	/**
	 * Close the connection. Call on the loop's owner.
	 * @param reason why
	 * @param cause the failure behind it, if any
	 */
	public void close(CloseReason reason, @Nullable Throwable cause) {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.ending = true;
		this.postponed = null;
		this.outbox.close();
		if (this.key != null) {
			this.key.cancel();
		}
		this.socket.close();
		this.loop.members().remove(this);
		this.handler.closed(this, reason, cause);
	}

}
