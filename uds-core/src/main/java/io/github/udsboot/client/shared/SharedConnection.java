package io.github.udsboot.client.shared;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.client.call.CallOutcome;
import io.github.udsboot.client.call.CallOutcome.Ended;
import io.github.udsboot.client.call.CallOutcome.Lost;
import io.github.udsboot.client.call.CallOutcome.Unsent;
import io.github.udsboot.connection.BusyPoll;
import io.github.udsboot.connection.YieldPolicy;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.ExtensionFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MultiplexedProtocol;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.transport.UdsSocket;

/**
 * One multiplexed connection of a client, shared by all callers: takes their calls, gives
 * each its outcome, and ends. Thread-safe.
 *
 * <p>
 * One class, though a long one, because submitting, withdrawing, retiring and closing
 * check each other's flags, most of them under the submit lock. Reading is the
 * {@link ReadingRole}'s.
 */
public final class SharedConnection implements ReadingRole.Connection, ResponseReader.Answers, RequestWriter.Requests {

	private static final Log logger = GuardedLog.of(SharedConnection.class);

	private final UdsSocket socket;

	private final IoThread io;

	private final MultiplexedProtocol protocol;

	private final RequestWriter writer;

	private final ResponseReader reader;

	private final PendingCalls pending;

	private final ExtensionNegotiation extensions;

	private final FrameWriter frames;

	private final Object submitLock = new Object();

	/** Written under the submit lock. */
	private volatile long nextStreamId;

	private final ReadingRole role;

	/** The I/O thread watches the socket, or is about to. */
	private final AtomicBoolean armed = new AtomicBoolean();

	private volatile boolean retired;

	private volatile boolean answered;

	/** A task waits for room. */
	private final AtomicBoolean roomAwaited = new AtomicBoolean();

	private final PingReplies pingReplies = new PingReplies();

	/** Guarded by the submit lock: the arrivals when a call first ran out of time. */
	private int arrivalsThen;

	/** Guarded by the submit lock: when that was. */
	private long silentSince;

	private final long stallTimeout;

	private volatile @Nullable Object closeCause;

	/** Belongs to the I/O thread. */
	private @Nullable SelectionKey watchKey;

	/**
	 * Create a connection.
	 * @param socket the socket; remains the caller's if this fails
	 * @param io the client's I/O thread
	 * @param settings the client's settings
	 * @param buffers the client's buffers to read into
	 * @throws IOException if no selector can be opened
	 */
	SharedConnection(UdsSocket socket, IoThread io, SharedSettings settings, ReadBuffers buffers) throws IOException {
		this.socket = socket;
		this.io = io;
		this.protocol = settings.protocol();
		this.writer = new RequestWriter(socket, new BusyPoll(settings.connect().busyPoll()),
				settings.limits().outboundQueueSize(), this);
		this.stallTimeout = Nanos.of(settings.limits().stallTimeout());
		this.pending = new PendingCalls(settings.maxInFlightPerConnection(), this.protocol.streamIdStep());
		this.extensions = new ExtensionNegotiation(this.protocol.hasExtensions(), this::writeSoon, this::goAway,
				this::asked);
		this.frames = this.protocol.newWriter(settings.frameLimits());
		this.nextStreamId = settings.firstStreamId();
		// opened now: later, a shortage of descriptors would fail calls under way
		this.reader = new ResponseReader(socket, settings.connect().transport(), buffers,
				this.protocol.newReader(WireProtocol.Side.CLIENT, settings.frameLimits()),
				new BusyPoll(settings.connect().busyPoll()), this);
		this.role = new ReadingRole(this, this.pending, this.writer, this.reader,
				new YieldPolicy(settings.connect().busyPoll()));
	}

	// --- calls

	/**
	 * Make a call and wait for its outcome.
	 * @param call the call of the current thread
	 * @return the outcome; {@link Ended#EXPIRED} if the deadline passed or the thread was
	 * interrupted; {@link #refusal()} if the connection takes no more calls
	 */
	public CallOutcome call(PendingCall.Blocking call) {
		// claimed before the write, or the I/O thread would take the answer
		boolean leads = call.canLead() && this.role.tryLead();
		boolean submitted = false;
		try {
			submitted = submit(call);
		}
		finally {
			if (leads && !submitted) {
				this.role.leave();
			}
		}
		if (!submitted) {
			return refusal();
		}
		try {
			if (leads) {
				this.role.lead(call);
			}
			else {
				this.role.await(call);
			}
		}
		finally {
			abandon(call);
		}
		return call.outcome();
	}

	/**
	 * Make a call that no thread waits for.
	 * @param call the call
	 * @return {@code false} if the connection takes no more calls
	 */
	public boolean call(AsyncCall call) {
		if (!submit(call)) {
			return false;
		}
		try {
			this.writer.flushUnlessAttended();
			if (!this.role.isLed()) {
				arm();
			}
		}
		catch (RuntimeException | Error ex) {
			// the call was accepted: closing gives it its outcome
			close("The connection cannot be read: " + ex.getMessage(), ex);
		}
		return true;
	}

	/**
	 * Return the outcome of a call that the connection did not take.
	 * @return {@link Ended#NOT_SUBMITTED}, or the failure that ended the connection, if
	 * any
	 */
	public CallOutcome refusal() {
		return (this.closeCause instanceof Throwable cause)
				? new Unsent("The connection was closed at once: " + cause.getMessage(), cause) : Ended.NOT_SUBMITTED;
	}

	/**
	 * Queue a call's request. Does not write.
	 * @return {@code false} if the connection takes no more calls: the call was not sent
	 */
	private boolean submit(PendingCall call) {
		synchronized (this.submitLock) {
			if (!isUsable() || this.pending.isFull() || this.writer.isFull()) {
				return false;
			}
			long id = this.pending.freeId(this.nextStreamId);
			if (id < this.protocol.retireStreamId()) {
				EncodedFrame frame = this.extensions.encode(call, id);
				this.nextStreamId = id + this.protocol.streamIdStep();
				call.setStreamId(id);
				return add(call, frame);
			}
		}
		retire();
		return false;
	}

	private boolean add(PendingCall call, EncodedFrame frame) {
		if (call instanceof AsyncCall) {
			this.io.asyncBegan();
		}
		try {
			this.pending.add(call);
			call.setPosition(this.writer.offer(frame));
			return true;
		}
		catch (RuntimeException | Error ex) {
			// never queued, so it must not be found here either
			if (this.pending.remove(call) && call instanceof AsyncCall) {
				this.io.asyncEnded();
			}
			throw ex;
		}
	}

	/** Continue a flush. Called by the I/O thread when the socket is writable. */
	void resumeFlush() {
		this.writer.resume();
	}

	@Override
	public void awaitWritable() {
		this.io.awaitWritable(this);
	}

	/** The peer is gone, but answers it sent before can still be read. */
	@Override
	public void writingFailed(IOException cause) {
		this.retired = true;
		this.writer.tellWaiting();
		if (!closeAfterReading(cause)) {
			// the reading thread will reach the end of the input
			this.io.closeSoon(this, cause);
		}
	}

	/**
	 * Read to the end of what was sent by a peer that no longer reads, then close.
	 * @return {@code false} if another thread, or this one, holds the reading role
	 */
	boolean closeAfterReading(Throwable cause) {
		if (!this.role.tryLead()) {
			return false;
		}
		try {
			this.reader.readAll();
		}
		finally {
			closeUnwritable(cause);
			this.role.leave();
		}
		return true;
	}

	/** Close, even if something can still be read. */
	void closeUnwritable(Throwable cause) {
		close("Writing failed: " + cause.getMessage(), cause);
	}

	/**
	 * Remove a call from the connection. A late answer is then dropped.
	 * @return whether the call was still there: the caller owns its outcome now
	 */
	private boolean remove(PendingCall call) {
		if (!this.pending.remove(call)) {
			return false;
		}
		if (call instanceof AsyncCall) {
			this.io.asyncEnded();
		}
		return true;
	}

	/**
	 * End a call whose outcome is no longer wanted, if it is pending here, and tell the
	 * server, if it understands cancellations. By any thread.
	 */
	public void cancel(AsyncCall call) {
		// the count is read first because it is written after the call's stream id
		if (this.pending.count() > 0 && remove(call)) {
			boolean unsent = withdraw(call, true);
			if (!unsent) {
				this.extensions.cancelled(call.streamId());
			}
			call.complete(unsent ? Ended.CANCELLED_UNSENT : Ended.CANCELLED);
			closeIfDrained();
		}
	}

	/**
	 * Withdraw the request of a call.
	 * @param givenUp whether the call was removed from the connection, so that its
	 * request may also be dropped later
	 * @return whether no byte of it was or will be written
	 */
	private boolean withdraw(PendingCall call, boolean givenUp) {
		// with the lock, as the call may be on its way into the queue
		synchronized (this.submitLock) {
			boolean late = givenUp && !this.extensions.isAnnouncement(call.streamId());
			if (!(late ? this.writer.withdrawEvenLate(call.position()) : this.writer.withdraw(call.position()))) {
				return false;
			}
			this.extensions.withdrawn(call.streamId());
		}
		this.writer.madeRoom();
		return true;
	}

	/**
	 * End the wait of a call whose time is up. A server that keeps the deadline as well
	 * need not be told.
	 * @return whether no byte of the request was or will be written
	 */
	private boolean expired(PendingCall call, long now) {
		if (withdraw(call, true)) {
			return true;
		}
		if (!this.extensions.sharesClock()) {
			this.extensions.cancelled(call.streamId());
		}
		if (isSilent(now)) {
			replace("The server has been silent for as long as 'stall-timeout' while calls ran out of time");
		}
		return false;
	}

	/**
	 * Return whether nothing at all has arrived since a call ran out of time long ago. A
	 * server that is only slow to answer some calls is left alone.
	 */
	private boolean isSilent(long now) {
		if (this.stallTimeout <= 0) {
			return false;
		}
		int arrivals = this.reader.arrivals();
		synchronized (this.submitLock) {
			if (this.silentSince == 0 || this.arrivalsThen != arrivals) {
				this.arrivalsThen = arrivals;
				this.silentSince = now | 1;
				return false;
			}
			return now - this.silentSince >= this.stallTimeout;
		}
	}

	/**
	 * Have the I/O thread write a frame: an interrupt of this thread would close the
	 * socket.
	 */
	private void writeSoon(Frame frame) {
		EncodedFrame encoded = this.frames.encode(frame);
		// under the lock, so that a cancellation follows its request
		synchronized (this.submitLock) {
			this.writer.offer(encoded);
		}
		this.io.execute(this.writer::flushUnlessAttended);
	}

	/** Leave a call of the current thread, with its outcome or without. */
	private void abandon(PendingCall.Blocking call) {
		if (call.isDone()) {
			return;
		}
		if (remove(call)) {
			boolean unsent;
			if (Thread.currentThread().isInterrupted()) {
				unsent = withdraw(call, true);
				if (!unsent) {
					this.extensions.cancelled(call.streamId());
				}
			}
			else {
				unsent = expired(call, System.nanoTime());
			}
			if (unsent) {
				call.complete(Ended.EXPIRED_UNSENT);
			}
			closeIfDrained();
			return;
		}
		// another thread is just setting the outcome
		while (!call.isDone()) {
			ReadingRole.pause();
		}
	}

	// --- what the holder of the role reads

	@Override
	public void answered(Frame frame) {
		if (frame instanceof ExtensionFrame extension) {
			this.extensions.received(extension);
			return;
		}
		if (frame instanceof RefusalFrame refusal) {
			refused(refusal);
			return;
		}
		this.answered = true;
		this.extensions.answered(frame.streamId());
		PendingCall call = this.pending.take(frame.streamId());
		if (call == null) {
			if (logger.isDebugEnabled()) {
				logger.debug("Dropped an answer that no call waits for, on stream " + frame.streamId());
			}
			return;
		}
		if (call instanceof AsyncCall) {
			this.io.asyncEnded();
		}
		if (frame instanceof ResponseFrame response && response.undispatched()
				&& response.status() == Status.UNAVAILABLE) {
			// the server is draining: the next calls go elsewhere
			this.retired = true;
			this.writer.tellWaiting();
		}
		call.complete(frame);
	}

	/** Handle a refusal: the server has taken no request and will take none. */
	private void refused(RefusalFrame refusal) {
		takeNoMore();
		for (int i = 0; i < this.pending.size(); i++) {
			PendingCall call = this.pending.at(i);
			if (call != null && remove(call)) {
				call.complete(refusal);
			}
		}
	}

	/**
	 * Handle the end of requests: calls after the last one that the server took are free
	 * to be sent elsewhere.
	 */
	private void goAway(long lastStreamId) {
		takeNoMore();
		for (int i = 0; i < this.pending.size(); i++) {
			PendingCall call = this.pending.at(i);
			if (call != null && call.streamId() > lastStreamId && remove(call)) {
				call.complete(ResponseFrame.refused(call.streamId(), Status.UNAVAILABLE,
						"The server takes no more requests"));
			}
		}
	}

	/** Answer a PING, soon. */
	private void asked(PingFrame ping) {
		if (this.pingReplies.received(ping)) {
			this.io.answerSoon(this);
		}
	}

	/**
	 * Answer the server's latest PING, unless an earlier answer still waits to be
	 * written. On the I/O thread.
	 * @return whether one still does
	 */
	boolean answerPing() {
		if (!this.pingReplies.isAsked() || isClosed()) {
			return false;
		}
		if (this.pingReplies.isLastUnsent(this.writer)) {
			return true;
		}
		PingFrame pong = this.pingReplies.next();
		if (pong != null) {
			EncodedFrame encoded = this.frames.encode(pong);
			synchronized (this.submitLock) {
				this.pingReplies.queuedAt(this.writer.offer(encoded));
			}
			this.writer.flushUnlessAttended();
		}
		return false;
	}

	@Override
	public void taken() {
		closeIfDrained();
	}

	@Override
	public void ended(String reason, @Nullable Throwable cause) {
		close(reason, cause);
	}

	// --- end of life

	public boolean isUsable() {
		return !this.retired && !isClosed();
	}

	@Override
	public boolean isClosed() {
		return this.closeCause != null;
	}

	/** Return whether one more call would be refused here, or by the server. */
	boolean isFull() {
		return this.pending.isFull();
	}

	// --- room for requests

	/**
	 * Return whether more waits to be written than allowed, so that calls have to wait.
	 */
	public boolean isCongested() {
		return this.writer.isFull();
	}

	/**
	 * Wait until there is room, or the connection takes no more calls.
	 * @return {@code false} if the time is up
	 */
	boolean awaitRoom(long nanos) throws InterruptedException {
		return this.writer.awaitRoom(nanos);
	}

	/**
	 * Run a task when there is room, or the connection takes no more calls: once for all
	 * requests made until then, as the task serves all waiting calls.
	 */
	public void whenRoom(Runnable task) {
		if (this.roomAwaited.compareAndSet(false, true)) {
			this.writer.whenRoom(() -> {
				// first the flag, then the task: a caller of whenRoom() queues its call
				// before
				this.roomAwaited.set(false);
				task.run();
			});
		}
	}

	@Override
	public boolean takesNoMore() {
		return !isUsable();
	}

	/** Return whether the server has ever answered. */
	boolean hasAnswered() {
		return this.answered;
	}

	/** Take no more calls, and close when the pending ones have their outcome. */
	private void retire() {
		takeNoMore();
		closeIfDrained();
	}

	/** Take no more calls; those that wait for room go elsewhere. */
	private void takeNoMore() {
		// under the lock, so that no call is on its way in when the pending ones are
		// counted
		synchronized (this.submitLock) {
			this.retired = true;
		}
		this.writer.tellWaiting();
	}

	/**
	 * Take no more calls because nothing moves here: the next call makes a connection,
	 * and calls of whose requests no byte was written are made again. The others may
	 * still be answered.
	 */
	void replace(String reason) {
		boolean first;
		synchronized (this.submitLock) {
			first = isUsable();
			this.retired = true;
		}
		if (first && logger.isDebugEnabled()) {
			logger.debug(reason + "; calls get another connection");
		}
		for (int i = 0; i < this.pending.size(); i++) {
			PendingCall call = this.pending.at(i);
			// the call still waits: a request that a thread is just writing must be
			// written
			if (call != null && withdraw(call, false) && remove(call)) {
				call.complete(new Unsent(reason, null));
			}
		}
		this.writer.tellWaiting();
		// the leading thread may sleep, and its call be among them
		this.reader.wakeup();
		closeIfDrained();
	}

	/** Close because nothing more can be read than a frame that never ends. */
	void answerNeverEnds() {
		close("An answer was not complete after 'frame-timeout'", null);
	}

	private void closeIfDrained() {
		if (this.retired && this.pending.count() == 0) {
			synchronized (this.submitLock) {
				if (this.pending.count() != 0) {
					return;
				}
			}
			close("The connection was retired", null);
		}
	}

	/**
	 * Close and fail what is pending. May be called by any thread.
	 */
	void close(String reason, @Nullable Throwable cause) {
		synchronized (this.submitLock) {
			if (this.closeCause != null) {
				return;
			}
			this.closeCause = (cause != null) ? cause : reason;
		}
		this.writer.close();
		closeSocket();
		forget();
		for (int i = 0; i < this.pending.size(); i++) {
			PendingCall call = this.pending.at(i);
			if (call != null && remove(call)) {
				call.complete(
						this.writer.isUnsent(call.position()) ? new Unsent(reason, cause) : new Lost(reason, cause));
			}
		}
		this.role.close();
	}

	// a failure here must not keep the calls from their outcome

	private void closeSocket() {
		try {
			this.socket.close();
		}
		catch (RuntimeException | Error ex) {
			logger.debug("A socket could not be closed", ex);
		}
	}

	private void forget() {
		try {
			this.io.forget(this);
		}
		catch (RuntimeException | Error ex) {
			logger.debug("A connection is watched for longer than it lasts", ex);
		}
	}

	/** Fail the calls that no thread waits for and whose deadline has passed. */
	void expire(long now) {
		if (this.pending.count() == 0) {
			return;
		}
		for (int i = 0; i < this.pending.size(); i++) {
			PendingCall call = this.pending.at(i);
			if (call instanceof AsyncCall && call.deadlineNanos() - now <= 0 && remove(call)) {
				call.complete(expired(call, now) ? Ended.EXPIRED_UNSENT : Ended.EXPIRED);
			}
		}
		closeIfDrained();
	}

	// --- for the I/O thread

	/** Return the role of reading this connection. */
	ReadingRole role() {
		return this.role;
	}

	@Override
	public long nextStreamId() {
		return this.nextStreamId;
	}

	@Override
	public void arm() {
		this.io.arm(this);
	}

	@Override
	public void frameBegan() {
		this.io.frameBegan();
	}

	void watch(SelectionKey key) {
		this.watchKey = key;
	}

	@Nullable SelectionKey watchKey() {
		return this.watchKey;
	}

	UdsSocket socket() {
		return this.socket;
	}

	AtomicBoolean armed() {
		return this.armed;
	}

	public long reads() {
		return this.reader.reads();
	}

	long unfinishedFrame() {
		return isClosed() ? 0 : this.reader.unfinished();
	}

	public boolean isBlocked() {
		return !isClosed() && this.writer.isBlocked();
	}

	long writtenBytes() {
		return this.writer.writtenBytes();
	}

	public int pendingCalls() {
		return this.pending.count();
	}

}
