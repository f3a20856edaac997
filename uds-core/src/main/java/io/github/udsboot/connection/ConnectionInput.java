package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.memory.MemoryHold;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.transport.ConnectionResetException;
import io.github.udsboot.transport.UdsSocket;

/**
 * The reading half of a connection on an event loop: bytes become frames, unless the
 * handler or a peer that does not read its answers makes it pause. Belongs to the loop's
 * owner, unless said otherwise.
 *
 * <p>
 * One class, because a pause, a lack of memory and the end of the input decide together
 * whether the socket is read, and each of them has to be checked when another one ends.
 */
final class ConnectionInput {

	/**
	 * How much of a large frame is read at once at most, so that no other connection
	 * starves.
	 */
	private static final int LARGE_READ = 256 << 10;

	/** How much is read at once while little memory is left for peers. */
	private static final int TIGHT_READ = 8 << 10;

	/** The memory that the connection itself pays for. */
	private static final long FREE_BYTES = 8 << 10;

	/** How often unwanted bytes are read from the socket before it closes. */
	private static final int READS_BEFORE_CLOSE = 4;

	private final LoopConnection connection;

	private final UdsSocket socket;

	private final FrameReader reader;

	private final ConnectionHandler handler;

	private final MemoryAccount account;

	/** Memory of what has arrived and was not passed on. */
	private final MemoryHold memory;

	/** Bytes that were read wait to be decoded. Read by any thread. */
	private volatile boolean paused;

	/** The pause ends once the output is written. Read by any thread. */
	private volatile boolean waitsForOutput;

	/** The handler wants no more frames now. Read by any thread. */
	private volatile boolean held;

	private @Nullable ByteBuffer postponed;

	/** Since when memory is missing for the rest of a frame, 0 if it is not. */
	private long starvingSince;

	private boolean ended;

	/** The failure that ended the input, if it did not end in an orderly way. */
	private @Nullable IOException endCause;

	private boolean endTaken;

	private boolean endTold;

	private int framesOfLastRead;

	private long frameSince;

	ConnectionInput(LoopConnection connection, UdsSocket socket, FrameReader reader, ConnectionHandler handler) {
		this.connection = connection;
		this.socket = socket;
		this.reader = reader;
		this.handler = handler;
		this.account = connection.account();
		this.memory = new MemoryHold(this.account, FREE_BYTES, this::heldBytes);
	}

	private long heldBytes() {
		ByteBuffer postponed = this.postponed;
		return this.reader.heldBytes() + ((postponed != null) ? postponed.capacity() : 0);
	}

	/**
	 * Read once, and leave the decoding to the loop.
	 * @return whether anything arrived, including the end
	 */
	boolean receive() {
		if (!wantsBytes() || this.connection.isClosed()) {
			return false;
		}
		try {
			return read();
		}
		catch (IOException ex) {
			readingFailed(ex);
		}
		catch (RuntimeException | Error ex) {
			this.connection.fail(ex);
		}
		return true;
	}

	private void readingFailed(IOException cause) {
		if (cause instanceof ConnectionResetException && this.handler.takesResetAsEnd()) {
			this.endCause = cause;
			this.connection.output().mute();
			end();
			return;
		}
		if (!this.handler.outlastsPeer()) {
			this.connection.vanished(cause);
			return;
		}
		// what was read before is still to be handled, and a message that only the end of
		// the input ends is not complete
		this.endTaken = true;
		this.connection.output().mute();
		end();
	}

	private boolean read() throws IOException {
		ByteBuffer target = this.reader.target();
		if (target != null) {
			return receiveLarge(target);
		}
		ByteBuffer buffer = this.connection.loop().readBuffer();
		buffer.clear();
		if (this.account.isTight()) {
			buffer.limit(TIGHT_READ);
		}
		int count = this.socket.read(buffer);
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
			this.connection.loop().decodeLater(this.connection, buffer);
			return true;
		}
		if (count < 0) {
			end();
			return true;
		}
		return false;
	}

	private void end() {
		this.ended = true;
		// a frame that has begun will never end, but what came before it is owed its
		// answers
		this.frameSince = 0;
		this.connection.updateInterest();
		this.connection.loop().decodeLater(this.connection, EventLoop.NO_BYTES);
	}

	/**
	 * Decode what arrived and pass the frames on.
	 * @return whether the calling thread still owns the loop; if not, it must not touch
	 * the loop any more
	 */
	boolean decode(ByteBuffer in) {
		if (this.connection.loop().isStopping()) {
			// neither a waiting message nor the end of the input may start a handler
			return true;
		}
		try {
			if (isOutputFull()) {
				pauseForOutput(in);
				return true;
			}
			if (!this.handler.proceed(this.connection) || !decodeFrames(in)) {
				return false;
			}
			return !this.ended || this.postponed != null || takeEnd();
		}
		catch (ProtocolException ex) {
			this.connection.broken(ex);
			return true;
		}
	}

	private boolean decodeFrames(ByteBuffer in) throws ProtocolException {
		long begun = 0;
		// what was read before a stop is dropped with the connection
		while (!this.connection.isClosed() && !this.connection.loop().isStopping()) {
			if (this.held) {
				postpone(in);
				return true;
			}
			if (isOutputFull()) {
				pauseForOutput(in);
				return true;
			}
			Frame frame = this.reader.read(in);
			if (frame == null) {
				break;
			}
			this.framesOfLastRead++;
			this.frameSince = 0;
			if (!this.handler.frame(this.connection, frame)) {
				return false;
			}
			if (in.hasRemaining()) {
				long now = System.nanoTime();
				begun = (begun != 0) ? begun : now;
				if (now - begun > this.connection.loop().sliceNanos()) {
					postponeTurn(in);
					return true;
				}
			}
		}
		coverFrame();
		startClock();
		return true;
	}

	/** Reserve memory for the rest of a frame, and read no further without it. */
	private void coverFrame() {
		long held = this.reader.heldBytes();
		if (held == 0) {
			this.memory.settle();
		}
		else if (!this.ended && !this.memory.coverOrAwait(held, this::fed)) {
			if (this.starvingSince == 0) {
				this.starvingSince = System.nanoTime() | 1;
			}
			this.connection.updateInterest();
			this.connection.loop().members().startClocks();
		}
	}

	/** Read on, as there is memory now. By any thread. */
	private void fed() {
		this.connection.loop().execute(() -> {
			this.starvingSince = 0;
			startClock();
			this.connection.updateInterest();
		});
	}

	private void startClock() {
		this.connection.active();
		if (!this.reader.isMidFrame() || this.ended || this.starvingSince != 0) {
			// no frame is under way, or the delay is not the peer's
			this.frameSince = 0;
		}
		else if (this.frameSince == 0) {
			this.frameSince = System.nanoTime() | 1;
			this.connection.loop().members().startClocks();
		}
	}

	private boolean takeEnd() throws ProtocolException {
		if (!this.endTaken && !this.connection.isClosed()) {
			this.endTaken = true;
			Frame last = this.reader.end();
			if (last != null && !this.handler.frame(this.connection, last)) {
				// the loop's new owner will get here again
				return false;
			}
		}
		if (!this.endTold) {
			this.endTold = true;
			this.connection.inputEnded();
		}
		return true;
	}

	/**
	 * Leave frames that were read for a later turn.
	 * @return {@code false} if there are none, or no turn will follow
	 */
	boolean endTurn(ByteBuffer in) {
		if (!in.hasRemaining() || this.connection.isClosed() || this.connection.loop().isStopping()) {
			return false;
		}
		postponeTurn(in);
		return true;
	}

	/** Let the loop's other connections have their turn first. */
	private void postponeTurn(ByteBuffer in) {
		postpone(in);
		this.connection.loop().awaitTurn(this::unpause);
	}

	/**
	 * Keep what is not decoded yet for {@link #unpause()}, and read no more until then.
	 */
	private void postpone(ByteBuffer in) {
		ByteBuffer rest = in;
		if (in.isDirect()) {
			// the loop's buffer is needed for other connections
			rest = ByteBuffer.allocate(in.remaining()).put(in).flip();
		}
		this.postponed = rest;
		// it was read already
		this.memory.cover(heldBytes());
		this.paused = true;
		this.frameSince = 0;
		this.connection.updateInterest();
	}

	/** Return whether the peer sends requests faster than it reads its answers. */
	private boolean isOutputFull() {
		ConnectionOutput output = this.connection.output();
		if (!output.isFull() || this.handler.readsOnWhenFull() || this.connection.isClosed()) {
			return false;
		}
		output.flushCorked();
		return output.isFull() && !this.connection.isClosed();
	}

	private void pauseForOutput(ByteBuffer in) {
		postpone(in);
		// first the flag, then the check of the output, which another thread may just
		// have emptied
		this.waitsForOutput = true;
		this.connection.written();
	}

	/** Decode what was postponed, and read on. */
	void unpause() {
		ByteBuffer rest = this.postponed;
		if (rest != null && !this.connection.isClosed()) {
			takeUp(rest);
		}
	}

	private void takeUp(ByteBuffer rest) {
		this.postponed = null;
		this.waitsForOutput = false;
		// only now may the socket be read again, or later bytes would overtake these
		this.paused = false;
		this.connection.updateInterest();
		this.connection.loop().decodeLater(this.connection, rest);
	}

	/** Have the handler proceed, and decode what was postponed. */
	void proceed() {
		ByteBuffer rest = this.postponed;
		if (rest != null && !this.connection.isClosed()) {
			takeUp(rest);
		}
		else {
			this.connection.loop().decodeLater(this.connection, EventLoop.NO_BYTES);
		}
	}

	/** Pass no more frames on until {@link #release()}. */
	void hold() {
		this.held = true;
	}

	/** Continue after {@link #hold()}. By any thread. */
	void release() {
		this.held = false;
		this.connection.loop().execute(this::unpause);
	}

	/** Return whether the pause ends once the output is written. By any thread. */
	boolean waitsForOutput() {
		return this.waitsForOutput;
	}

	/** Read some unwanted bytes from the socket, so that the peer sees no reset. */
	void discard() {
		try {
			for (int i = 0; i < READS_BEFORE_CLOSE && !this.ended; i++) {
				if (this.socket.read(this.connection.loop().readBuffer().clear()) <= 0) {
					return;
				}
			}
		}
		catch (IOException ex) {
			// the peer is gone, which is fine
			this.ended = true;
		}
	}

	void close() {
		this.postponed = null;
		this.memory.close();
	}

	boolean wantsBytes() {
		return !this.paused && !this.ended && this.starvingSince == 0;
	}

	/** Return since when memory is missing for the rest of a frame, 0 if it is not. */
	long starvingSince() {
		return this.starvingSince;
	}

	/**
	 * Return whether the socket is not read, and will not be until the handler has acted.
	 */
	boolean isDeaf() {
		return this.endTold || (this.held && this.paused);
	}

	boolean isPaused() {
		return this.paused;
	}

	boolean isPostponed() {
		return this.postponed != null;
	}

	boolean isEnded() {
		return this.ended;
	}

	@Nullable IOException endCause() {
		return this.endCause;
	}

	boolean isMidFrame() {
		return this.reader.isMidFrame();
	}

	int framesOfLastRead() {
		return this.framesOfLastRead;
	}

	/** Return since when a frame has been under way, 0 if none is. */
	long frameSince() {
		return this.frameSince;
	}

}
