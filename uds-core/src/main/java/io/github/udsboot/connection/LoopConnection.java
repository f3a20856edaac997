package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.memory.MemoryHold;
import io.github.udsboot.memory.RequestMemory;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.transport.UdsSocket;

/**
 * A connection that lives on an event loop, from its registration to its close. The
 * loop's owner reads it and closes it; any thread may write to it. The work is done by
 * its parts: {@link ConnectionInput}, {@link ConnectionOutput},
 * {@link ConnectionTimeouts} and {@link GracefulClose}. One class, although it is long,
 * because it is what handlers hold of a connection: mostly methods of one line that pass
 * on what they ask.
 */
public final class LoopConnection extends LoopChannel {

	/**
	 * The number of reads that fetch a first frame from the socket, with what precedes
	 * it.
	 */
	private static final int READS_FOR_PROOF = 4;

	private final EventLoop loop;

	private final UdsSocket socket;

	private final ConnectionHandler handler;

	private final PeerCredentials peer;

	private final MemoryAccount account;

	private final RequestMemory requestMemory;

	private final ThreadShare threads;

	private final ConnectionInput input;

	private final ConnectionOutput output;

	private final FirstFrame firstFrame;

	private final GracefulClose gracefulClose;

	private final ConnectionTimeouts timeouts;

	private final BusyPoll busyPoll;

	private final AtomicInteger inFlight = new AtomicInteger();

	/** Written, after the cause, before the connection is closed. */
	private volatile @Nullable CloseReason closeReason;

	private @Nullable Throwable closeCause;

	private volatile boolean closed;

	/** Belongs to the loop's owner. */
	private @Nullable SelectionKey key;

	LoopConnection(EventLoop loop, UdsSocket socket, PeerCredentials peer, FrameReader reader,
			Function<LoopConnection, ConnectionHandler> handler, ConnectionLimits limits, MemoryAccount account,
			ThreadShare threads) {
		this.loop = loop;
		this.socket = socket;
		this.peer = peer;
		this.account = account;
		this.threads = threads;
		this.requestMemory = new RequestMemory(account);
		this.output = new ConnectionOutput(this, loop, socket, account, limits);
		this.busyPoll = new BusyPoll(limits.busyPoll());
		this.firstFrame = new FirstFrame(account);
		this.gracefulClose = new GracefulClose(this, this.firstFrame);
		this.timeouts = new ConnectionTimeouts(this, socket, this.firstFrame, limits.clocks());
		this.handler = handler.apply(this);
		this.input = new ConnectionInput(this, socket, reader, this.handler);
		account.heldBy(() -> closeSoon(CloseReason.MEMORY));
	}

	/**
	 * Return the loop that the connection lives on.
	 * @return the loop
	 */
	public EventLoop loop() {
		return this.loop;
	}

	/**
	 * Return the peer at the other end.
	 * @return the peer, as it was when it connected
	 */
	public PeerCredentials peer() {
		return this.peer;
	}

	/**
	 * Return the handler that is told about the connection.
	 * @return the handler
	 */
	public ConnectionHandler handler() {
		return this.handler;
	}

	/**
	 * Count a request that was accepted and is not answered yet.
	 * @return the number of such requests now
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
	 * @return whether this was the first call
	 */
	public boolean prove() {
		return this.firstFrame.arrive();
	}

	/**
	 * Return whether the first valid frame has arrived.
	 * @return {@code true} once {@link #prove()} was called
	 */
	public boolean isProven() {
		return this.firstFrame.hasArrived();
	}

	/**
	 * Return whether the connection takes no more requests.
	 * @return {@code true} once {@link #drain()} or {@link #finish} has begun, or the
	 * peer has ended its output
	 */
	public boolean isEnding() {
		return this.gracefulClose.isEnding();
	}

	/**
	 * Return whether {@link #drain()} has begun: what was sent before is still taken.
	 * @return {@code true} once it has
	 */
	public boolean isDraining() {
		return this.gracefulClose.isDraining();
	}

	/**
	 * Return whether the connection is closed.
	 * @return {@code true} once closed
	 */
	@Override
	public boolean isClosed() {
		return this.closed;
	}

	/**
	 * Return why the connection is closed.
	 * @return the reason, {@code null} while it is open
	 */
	public @Nullable CloseReason closeReason() {
		return this.closeReason;
	}

	/**
	 * Return the failure that closed the connection.
	 * @return the failure, {@code null} while the connection is open, or if there is none
	 */
	public @Nullable Throwable closeCause() {
		return (this.closeReason != null) ? this.closeCause : null;
	}

	/**
	 * Return the memory of what waits for handlers: requests, items, messages.
	 * @return the memory, counted
	 */
	public RequestMemory requestMemory() {
		return this.requestMemory;
	}

	/**
	 * Return whether little memory is left for peers, so that whatever can wait in the
	 * socket should do so.
	 * @return {@code true} if more than three quarters of a share are taken
	 */
	public boolean isMemoryTight() {
		return this.account.isTight();
	}

	/**
	 * Return a count of other memory held for the peer. The caller must close it, as it
	 * outlasts the connection.
	 * @param size supplies the number of bytes; called by any thread
	 * @return the count
	 */
	public MemoryHold newHold(LongSupplier size) {
		return new MemoryHold(this.account, 0, size);
	}

	MemoryAccount account() {
		return this.account;
	}

	/**
	 * Run application code on the loop. If it runs long, another thread takes the loop
	 * over, and the calling thread counts towards those that the connection may have.
	 * Call on the loop's owner.
	 * @param code the code, which throws nothing
	 * @return whether the calling thread still owns the loop; if not, it must not touch
	 * the loop any more
	 */
	public boolean callOut(Runnable code) {
		return callOut(HandoverListener.NONE, code);
	}

	/**
	 * As {@link #callOut(Runnable)}.
	 * @param listener told as soon as the code has run long
	 * @param code the code, which throws nothing
	 * @return whether the calling thread still owns the loop; if not, it must not touch
	 * the loop any more
	 */
	public boolean callOut(HandoverListener listener, Runnable code) {
		return this.loop.callOut(this.threads, listener, code);
	}

	/**
	 * Return whether application code may run on the loop: whether a thread can take the
	 * loop over if the code runs long.
	 * @param quick whether the code has never run long, as far as is known: then it may
	 * run even if the connection has all the threads that it may have, or all threads are
	 * taken
	 * @return {@code false} if the code has to wait for a thread
	 */
	public boolean mayCallOut(boolean quick) {
		return this.loop.mayCallOut(this.threads, quick);
	}

	/**
	 * Write the answer to a request counted by {@link #beginRequest}.
	 * @param frame the answer
	 */
	public void answer(EncodedFrame frame) {
		if (this.output.offer(frame, this.inFlight) < 0) {
			// no flush will follow that would notice that nothing is owed any more
			endRequest();
			return;
		}
		active();
		this.output.flush();
	}

	/**
	 * Note that a request counted by {@link #beginRequest} gets no answer.
	 */
	public void endRequest() {
		this.inFlight.decrementAndGet();
		this.gracefulClose.settleSoon();
	}

	/**
	 * Write a frame that answers nothing.
	 * @param frame the frame
	 * @return the number of bytes to be written before it, for {@link #isUnsent}; -1 if
	 * it will never be written because the connection is closed or its output has ended
	 */
	public long push(EncodedFrame frame) {
		return this.output.push(frame);
	}

	/**
	 * Return whether a frame was certainly not sent, not even in part. Call only after
	 * the connection was closed.
	 * @param position what {@link #push} returned for the frame
	 * @return {@code true} if none of its bytes can have reached the kernel
	 */
	public boolean isUnsent(long position) {
		return this.output.isUnsent(position);
	}

	/**
	 * Wait until the bytes to be written fit the outbound queue, or the connection is
	 * closed.
	 * @param nanos how long to wait at most
	 * @return {@code false} if the time is up
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public boolean awaitRoom(long nanos) throws InterruptedException {
		return this.output.awaitRoom(nanos);
	}

	/**
	 * Dedicate the connection to one stream from now on. Call on the loop's owner.
	 * @return the object to tell when the stream ends
	 */
	public StreamStall beginStream() {
		return this.output.stallClock().beginStream();
	}

	/** Note that something besides the stream is requested. Call on the loop's owner. */
	public void endOwnStream() {
		this.output.stallClock().endOwnStream();
	}

	/**
	 * Return whether the bytes to be written fit the outbound queue, or the connection is
	 * closed.
	 * @return whether more may be written
	 */
	public boolean hasRoom() {
		return this.output.hasRoom();
	}

	/**
	 * Run a task once when {@link #hasRoom()}: immediately, on this thread, if it already
	 * does.
	 * @param task the task, which must not block
	 */
	public void whenRoom(Runnable task) {
		this.output.whenRoom(task);
	}

	/**
	 * Leave a frame that answers nothing for the loop to write, together with others left
	 * to it until then: for a thread that has more to send.
	 * @param frame the frame
	 * @return {@code false} if it will never be written
	 */
	public boolean pushSoon(EncodedFrame frame) {
		return this.output.pushSoon(frame);
	}

	/**
	 * Wait until everything is written, or the connection is closed.
	 * @param nanos how long to wait at most
	 * @return {@code false} if the time is up
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public boolean awaitWritten(long nanos) throws InterruptedException {
		return this.output.awaitWritten(nanos);
	}

	/**
	 * End the output once everything is written; the peer can still send.
	 */
	public void shutdownOutput() {
		this.output.shutdown();
	}

	/**
	 * Return whether this side has ended its output.
	 * @return {@code true} once {@link #shutdownOutput()} was called
	 */
	public boolean isOutputShutdown() {
		return this.output.isShutdown();
	}

	/**
	 * Take no more frames, and close once everything is written, whatever is in flight.
	 * @param reason why
	 */
	public void finish(CloseReason reason) {
		this.gracefulClose.finish(reason);
	}

	/**
	 * Take no more frames, and close once nothing is owed and everything is written, or
	 * after the grace period whatever is left. Call on the loop's owner.
	 * @param reason why
	 * @param grace how long closing may take
	 */
	public void finish(CloseReason reason, Duration grace) {
		this.gracefulClose.finishWhenAnswered(reason, grace);
	}

	/**
	 * Close at once, even if something waits to be written.
	 * @param reason why
	 */
	public void closeSoon(CloseReason reason) {
		this.loop.execute(() -> close(reason, null));
	}

	/**
	 * Close unless the first valid frame has arrived, even if not read yet: a peer that
	 * has sent it must not suffer from a late loop. By any thread.
	 * @param reason why
	 */
	public void closeUnlessProven(CloseReason reason) {
		this.loop.execute(() -> seekProof(reason, READS_FOR_PROOF));
	}

	/**
	 * Read in search of the first valid frame. Always a task of the loop, because it
	 * reads.
	 */
	private void seekProof(CloseReason reason, int reads) {
		if (this.firstFrame.hasArrived() || this.closed) {
			return;
		}
		if (reads > 0 && receive()) {
			// what was read is decoded first
			this.loop.execute(() -> seekProof(reason, reads - 1));
			return;
		}
		close(reason, null);
	}

	/**
	 * Close the connection because a request cannot be answered: the peer must not wait
	 * for the answer.
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
		this.output.cork(frame);
	}

	/**
	 * As {@link #cork}, for the answer to a request counted by {@link #beginRequest}.
	 * @param frame the answer
	 */
	public void corkAnswer(EncodedFrame frame) {
		this.output.cork(frame, this.inFlight);
	}

	@Override
	void written() {
		if (this.input.waitsForOutput() && this.output.isDrainedToHalf()) {
			this.loop.execute(this.input::unpause);
		}
		this.gracefulClose.settleSoon();
	}

	/**
	 * Pass no more frames on, and eventually read no more, until {@link #release()}. Call
	 * on the loop's owner, while it passes a frame on.
	 */
	public void hold() {
		this.input.hold();
	}

	/**
	 * Pass frames on again. By any thread.
	 */
	public void release() {
		this.input.release();
	}

	/**
	 * Return whether everything that has arrived was passed on, and nothing is ending.
	 * Reads, so call it only from a task of the loop; what it reads is passed on.
	 * @return whether a message written now precedes everything that is still to arrive
	 */
	public boolean isQuiet() {
		return !isEnding() && !this.input.isPaused() && !this.input.isMidFrame() && !receive();
	}

	/**
	 * Have {@link ConnectionHandler#proceed} called soon, on the loop's owner. By any
	 * thread.
	 */
	public void proceedSoon() {
		this.loop.execute(this.input::proceed);
	}

	/**
	 * Return whether a frame has begun and not ended. Call on the loop's owner.
	 * @return {@code true} if the end of the input now cuts a frame off
	 */
	public boolean isMidFrame() {
		return this.input.isMidFrame();
	}

	/**
	 * Return whether something that the peer may still read is not written yet. By any
	 * thread.
	 * @return {@code true} while the connection cannot close without loss
	 */
	public boolean hasUnwritten() {
		return this.output.queuedBytes() > 0;
	}

	/**
	 * Return whether something from the peer, even part of a frame, has arrived and was
	 * not passed on. Call on the loop's owner.
	 * @return {@code true} while bytes wait to be decoded, or for the rest of their frame
	 */
	public boolean hasUndecoded() {
		return this.input.isPostponed() || (this.input.isMidFrame() && !this.input.isEnded());
	}

	/**
	 * Return whether the peer's bytes are currently read. Call on the loop's owner.
	 * @return {@code false} while the connection is paused, and after its input has ended
	 */
	public boolean wantsBytes() {
		return this.input.wantsBytes();
	}

	void register() {
		this.loop.members().add(this);
		try {
			this.key = this.socket.register(this.loop.selector(), SelectionKey.OP_READ, this);
			this.loop.members().startClocks();
			this.handler.opened(this);
			this.output.flushCorked();
		}
		catch (ClosedSelectorException ex) {
			close(CloseReason.STOPPED, null);
		}
		catch (IOException ex) {
			close(CloseReason.IO_ERROR, ex);
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
		}
	}

	@Override
	public void ready(SelectionKey key) {
		try {
			if (!this.closed && key.isWritable()) {
				// first the interest, then the write: in the reverse order a new interest
				// would be lost
				key.interestOpsAnd(~SelectionKey.OP_WRITE);
				this.output.resume();
			}
			if (!this.closed && key.isReadable()) {
				receive();
			}
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
		}
	}

	/**
	 * Read once, and leave the decoding to the loop. Call only from a task of the loop,
	 * as its last step.
	 * @return whether anything arrived, including the end
	 */
	@Override
	public boolean receive() {
		return this.input.receive();
	}

	@Override
	boolean decode(ByteBuffer in) {
		return this.input.decode(in);
	}

	@Override
	boolean endTurn(ByteBuffer in) {
		return this.input.endTurn(in);
	}

	@Override
	void decoded() {
		this.output.flushCorked();
		this.gracefulClose.decoded();
	}

	@Override
	void flushCorked() {
		this.output.flushCorked();
	}

	/** Note that the peer has ended its output, and everything before was taken. */
	void inputEnded() {
		this.gracefulClose.end();
		if (this.handler.needsPeer()) {
			this.loop.members().startClocks();
		}
		this.handler.inputEnded(this);
	}

	/** Close because the peer violates the protocol. */
	void broken(ProtocolException cause) {
		this.output.flushCorked();
		close(CloseReason.PROTOCOL_ERROR, cause);
	}

	@Override
	void awaitWritable() {
		SelectionKey key = this.key;
		if (key != null && key.isValid() && !this.closed) {
			key.interestOpsOr(SelectionKey.OP_WRITE);
			this.loop.members().startClocks();
		}
	}

	void updateInterest() {
		SelectionKey key = this.key;
		if (key == null || !key.isValid()) {
			return;
		}
		if (this.input.wantsBytes()) {
			key.interestOpsOr(SelectionKey.OP_READ);
		}
		else {
			key.interestOpsAnd(~SelectionKey.OP_READ);
			if (this.handler.needsPeer()) {
				this.loop.members().startClocks();
			}
		}
	}

	ConnectionInput input() {
		return this.input;
	}

	ConnectionOutput output() {
		return this.output;
	}

	@Override
	void active() {
		this.timeouts.active();
	}

	/**
	 * Take what the peer has sent so far, then refuse more, answer what was taken, and
	 * close. Always a task of the loop, because it may read.
	 */
	void drain() {
		this.gracefulClose.drain();
	}

	@Override
	int underWay() {
		return Math.max(this.inFlight.get(), this.input.framesOfLastRead());
	}

	@Override
	BusyPoll busyPoll() {
		return this.busyPoll;
	}

	@Override
	public boolean checkClocks(long now) {
		return this.timeouts.check(now);
	}

	@Override
	public void stop() {
		close(CloseReason.STOPPED, null);
	}

	@Override
	void writingFailed(IOException cause) {
		if (this.closed) {
			return;
		}
		if (this.handler.readsOnWhenUnread() && !this.gracefulClose.isFinishing()) {
			// what it has sent before may still be in the socket
			this.output.mute();
			written();
		}
		else {
			vanished(cause);
		}
	}

	/**
	 * Handle a failed socket. Mostly the peer just disappeared, which is normal if
	 * nothing was lost.
	 */
	void vanished(IOException cause) {
		if (this.input.isMidFrame()) {
			close(CloseReason.TRUNCATED, cause);
		}
		else if (this.inFlight.get() > 0 || this.output.queuedBytes() > 0) {
			close(CloseReason.IO_ERROR, cause);
		}
		else {
			close(CloseReason.PEER_CLOSED, cause);
		}
	}

	@Override
	void fail(Throwable cause) {
		Failures.log("A connection is closed after a failure", this.peer, cause);
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
		// first the reason, as threads woken by what follows need it
		this.closeCause = cause;
		this.closeReason = reason;
		this.closed = true;
		this.gracefulClose.end();
		try {
			this.input.close();
			this.output.close();
			this.account.close();
			if (this.key != null) {
				this.key.cancel();
			}
		}
		catch (RuntimeException | Error ex) {
			Failures.log("A connection is closed, with a failure", this.peer, ex);
		}
		try {
			this.socket.close();
		}
		catch (RuntimeException | Error ex) {
			Failures.log("The socket of a peer could not be closed", this.peer, ex);
		}
		finally {
			// even if not even that could be logged: a stale count would close the
			// listener
			this.loop.members().remove(this);
			this.handler.closed(this, reason, cause);
		}
	}

}
