package io.github.udsboot.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.client.PendingCall.Lost;
import io.github.udsboot.client.PendingCall.Unsent;
import io.github.udsboot.connection.BusyPoll;
import io.github.udsboot.connection.Outbox;
import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * One multiplexed connection of a client, shared by all callers.
 *
 * <p>
 * One thread at a time holds the <em>reading role</em>. A caller on a platform thread
 * takes it when it is free, reads until its own answer is there, completes the answers of
 * others on the way, and passes the role on. When no caller leads, the I/O thread reads.
 * While a call is pending, somebody holds the role, or the I/O thread is armed, or a
 * thread that was woken for it is about to try; docs/concurrency.md has the whole
 * argument.
 */
final class ClientConnection {

	/** Stands for the outcome of a call that the connection did not take. */
	static final Object NOT_SUBMITTED = new Object();

	private static final Log logger = LogFactory.getLog(ClientConnection.class);

	/** Twice the calls that may be pending, so that a slot is found at once. */
	private static final int MIN_SLOTS = 64;

	private static final int READ_BUFFER_SIZE = 64 << 10;

	private static final int LARGE_READ = 256 << 10;

	private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

	private final UdsSocket socket;

	private final UdsTransport transport;

	private final ClientIo io;

	private final WireProtocol protocol;

	private final FrameReader reader;

	private final Outbox outbox;

	private final BusyPoll busyPoll;

	private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_SIZE);

	/** The pending calls; a call's slot follows from its stream id. */
	private final AtomicReferenceArray<@Nullable PendingCall> slots;

	private final int slotMask;

	private final AtomicInteger pending = new AtomicInteger();

	private final Object submitLock = new Object();

	/** Written under the submit lock. */
	private volatile long nextStreamId;

	/** The reading role is taken. */
	private final AtomicBoolean reading = new AtomicBoolean();

	/** The I/O thread watches the socket, or is about to. */
	private final AtomicBoolean armed = new AtomicBoolean();

	private volatile boolean retired;

	private volatile @Nullable Object closeCause;

	/**
	 * Counts reads, for the I/O thread to tell whether callers are at work; written by
	 * the holder of the role only.
	 */
	private volatile long reads;

	/** Belongs to whoever holds the reading role, as does the flag. */
	private volatile @Nullable Selector selector;

	private boolean inputEnded;

	/** Belongs to the I/O thread. */
	private @Nullable SelectionKey watchKey;

	private int framesOfLastRead;

	ClientConnection(UdsSocket socket, UdsTransport transport, ClientIo io, ClientSettings settings) {
		this.socket = socket;
		this.transport = transport;
		this.io = io;
		this.protocol = settings.protocol();
		this.reader = this.protocol.newReader(WireProtocol.Side.CLIENT, settings.frameLimits());
		this.outbox = new Outbox(socket);
		this.busyPoll = new BusyPoll(settings.busyPoll());
		int slots = Math.max(MIN_SLOTS, Integer.highestOneBit(settings.maxInFlightPerConnection() * 4 - 1));
		this.slots = new AtomicReferenceArray<>(slots);
		this.slotMask = slots - 1;
		this.nextStreamId = settings.firstStreamId();
	}

	// --- calls

	/**
	 * Make a call and wait for its outcome.
	 * @param call the call of the current thread
	 * @return the outcome; {@code null} if the deadline passed or the thread was
	 * interrupted; {@link #NOT_SUBMITTED} if the connection takes no more calls
	 */
	@Nullable Object call(PendingCall.Blocking call) {
		// claimed before the write, else the I/O thread would take the answer
		boolean leads = call.canLead() && tryLead();
		boolean submitted = false;
		try {
			submitted = submit(call);
			if (!submitted) {
				return NOT_SUBMITTED;
			}
			flush();
			boolean led = leads;
			leads = false;
			await(call, led);
		}
		finally {
			if (leads) {
				leave();
			}
			if (submitted && !call.isDone() && !remove(call)) {
				// somebody is just setting the outcome
				while (!call.isDone()) {
					Thread.onSpinWait();
				}
			}
		}
		return call.outcome();
	}

	/**
	 * Make a call that no thread waits for.
	 * @param call the call
	 * @return {@code false} if the connection takes no more calls
	 */
	boolean call(AsyncCall call) {
		if (!submit(call)) {
			return false;
		}
		flush();
		if (!isLed()) {
			this.io.arm(this);
		}
		return true;
	}

	/**
	 * Queue a call's request. Does not write.
	 * @return {@code false} if the connection takes no more calls: the call was not sent
	 */
	private boolean submit(PendingCall call) {
		synchronized (this.submitLock) {
			if (!isUsable()) {
				return false;
			}
			long id = this.nextStreamId;
			while (this.slots.get(slotOf(id)) != null) {
				id += this.protocol.streamIdStep();
			}
			if (id >= this.protocol.retireStreamId()) {
				this.retired = true;
				return false;
			}
			EncodedFrame frame = call.encode(id);
			this.nextStreamId = id + this.protocol.streamIdStep();
			// counted before it can be found: whoever removes a call counts it out
			this.pending.incrementAndGet();
			if (call instanceof AsyncCall) {
				this.io.asyncBegan();
			}
			call.setStreamId(id);
			this.slots.set(slotOf(id), call);
			call.setPosition(this.outbox.offer(frame));
		}
		return true;
	}

	/** Write what is queued, or leave it to whoever writes already. */
	private void flush() {
		try {
			if (this.outbox.flush() == Flush.BLOCKED) {
				this.io.awaitWritable(this);
			}
		}
		catch (IOException ex) {
			writingFailed(ex);
		}
	}

	/** Called by the I/O thread when the socket is writable. */
	void resumeFlush() {
		try {
			if (this.outbox.resume() == Flush.BLOCKED) {
				this.io.awaitWritable(this);
			}
		}
		catch (IOException ex) {
			writingFailed(ex);
		}
	}

	/**
	 * The peer has gone, but answers it sent before can still be read: read to the end,
	 * then close.
	 */
	private void writingFailed(IOException cause) {
		this.retired = true;
		if (tryLead()) {
			try {
				boolean more = true;
				while (more) {
					more = read() > 0;
				}
			}
			finally {
				close("Writing failed: " + cause.getMessage(), cause);
				leave();
			}
		}
		else {
			// whoever reads will come to the end of the input
			this.io.closeSoon(this, cause);
		}
	}

	private int slotOf(long streamId) {
		return (int) (streamId / this.protocol.streamIdStep()) & this.slotMask;
	}

	/**
	 * Take a call off the connection. A late answer is dropped then.
	 * @return whether the call was still there: the caller owns its outcome now
	 */
	boolean remove(PendingCall call) {
		if (!this.slots.compareAndSet(slotOf(call.streamId()), call, null)) {
			return false;
		}
		this.pending.decrementAndGet();
		if (call instanceof AsyncCall) {
			this.io.asyncEnded();
		}
		return true;
	}

	/**
	 * Wait for the outcome of a submitted and flushed call.
	 * @param call the call of the current thread
	 * @param leads whether the current thread holds the reading role
	 */
	private void await(PendingCall.Blocking call, boolean leads) {
		if (leads) {
			lead(call);
			return;
		}
		boolean designated = false;
		while (!call.isDone()) {
			// first enlist, then look at the role, then sleep
			call.setRole(PendingCall.WAITING);
			if (call.canLead()) {
				if (tryLead()) {
					lead(call);
					return;
				}
			}
			else if (!this.reading.get()) {
				this.io.arm(this);
			}
			long left = call.deadlineNanos() - System.nanoTime();
			if (call.isDone() || left <= 0 || Thread.currentThread().isInterrupted()) {
				break;
			}
			if (call.role() == PendingCall.WAITING) {
				LockSupport.parkNanos(this, left);
			}
		}
		if (!call.changeRole(PendingCall.WAITING, PendingCall.GONE)) {
			designated = call.role() == PendingCall.DESIGNATED;
			call.setRole(PendingCall.GONE);
		}
		if (designated) {
			passOn();
		}
	}

	private void lead(PendingCall.Blocking call) {
		call.setRole(PendingCall.GONE);
		try {
			while (!call.isDone()) {
				long left = call.deadlineNanos() - System.nanoTime();
				if (left <= 0 || Thread.currentThread().isInterrupted()) {
					break;
				}
				int count = read();
				if (count == 0 && !poll()) {
					sleep(left);
				}
			}
		}
		finally {
			leave();
		}
	}

	// --- the reading role

	boolean tryLead() {
		return !this.reading.get() && this.reading.compareAndSet(false, true);
	}

	boolean isLed() {
		return this.reading.get();
	}

	/** Free the role, then look for somebody who waits. */
	void leave() {
		release();
		passOn();
	}

	private void release() {
		if (this.closeCause != null) {
			closeSelector();
		}
		this.reading.set(false);
		if (this.closeCause != null && tryLead()) {
			// closed between the look and the release: nobody else would do it
			closeSelector();
			this.reading.set(false);
		}
	}

	/** Give the reading role, which is free, to somebody, if anybody waits. */
	void passOn() {
		if (this.pending.get() == 0) {
			return;
		}
		int newest = slotOf(this.nextStreamId);
		for (int i = 1; i <= this.slots.length(); i++) {
			PendingCall call = this.slots.get((newest - i) & this.slotMask);
			if (call == null || !call.canLead() || call.isDone()) {
				continue;
			}
			if (call.role() == PendingCall.NEW) {
				// its thread looks at the role before it sleeps
				return;
			}
			if (call instanceof PendingCall.Blocking blocking
					&& call.changeRole(PendingCall.WAITING, PendingCall.DESIGNATED)) {
				blocking.wake();
				return;
			}
		}
		if (!this.reading.get()) {
			this.io.arm(this);
		}
	}

	/**
	 * Read once, as the holder of the role, and complete what was answered.
	 * @return the number of bytes, 0 for none, -1 at the end, when the connection is
	 * closed
	 */
	int read() {
		if (this.inputEnded) {
			return -1;
		}
		long reads = this.reads;
		this.reads = reads + 1;
		try {
			ByteBuffer target = this.reader.target();
			int count = (target != null) ? readLarge(target) : this.socket.read(this.readBuffer.clear());
			if (count > 0) {
				this.framesOfLastRead = 0;
				decode((target != null) ? NO_BYTES : this.readBuffer.flip());
			}
			else if (count < 0) {
				end("The server closed the connection", null);
			}
			return count;
		}
		catch (IOException | RuntimeException ex) {
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
		Frame frame = this.reader.read(in);
		while (frame != null) {
			this.framesOfLastRead++;
			PendingCall call = this.slots.get(slotOf(frame.streamId()));
			if (call != null && call.streamId() == frame.streamId() && remove(call)) {
				if (frame instanceof ResponseFrame response && response.undispatched()
						&& response.status() == Status.UNAVAILABLE) {
					// the server drains: the next calls go elsewhere
					this.retired = true;
				}
				call.complete(frame);
			}
			else {
				logger.debug("Dropped an answer that nobody waits for, on stream " + frame.streamId());
			}
			frame = this.reader.read(in);
		}
		if (this.retired && this.pending.get() == 0) {
			end("The connection was retired", null);
		}
	}

	private void end(String reason, @Nullable Throwable cause) {
		this.inputEnded = true;
		close(reason, cause);
	}

	@SuppressWarnings("ThreadPriorityCheck") // the yield keeps one processor usable by
												// the peer
	private boolean poll() {
		long budget = this.busyPoll.budgetNanos(Math.max(this.pending.get(), this.framesOfLastRead));
		if (budget == 0) {
			return false;
		}
		long deadline = System.nanoTime() + budget;
		do {
			if (read() != 0) {
				this.busyPoll.hit();
				return true;
			}
			Thread.yield();
		}
		while (System.nanoTime() < deadline);
		this.busyPoll.miss();
		return false;
	}

	private void sleep(long nanos) {
		try {
			Selector selector = this.selector;
			if (selector == null) {
				selector = this.transport.openSelector();
				this.selector = selector;
				this.socket.register(selector, SelectionKey.OP_READ, null);
			}
			if (this.closeCause == null) {
				selector.select(Math.max(1, nanos / 1_000_000));
				selector.selectedKeys().clear();
			}
		}
		catch (IOException ex) {
			end("Waiting failed: " + ex.getMessage(), ex);
		}
	}

	// --- end of life

	boolean isUsable() {
		return !this.retired && this.closeCause == null;
	}

	boolean isClosed() {
		return this.closeCause != null;
	}

	/** Take no more calls, and close when the pending ones have their outcome. */
	void retire() {
		synchronized (this.submitLock) {
			this.retired = true;
		}
		if (this.pending.get() == 0) {
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
		this.outbox.close();
		this.socket.close();
		this.io.forget(this);
		for (int i = 0; i < this.slots.length(); i++) {
			PendingCall call = this.slots.get(i);
			if (call != null && remove(call)) {
				call.complete(
						this.outbox.isUnsent(call.position()) ? new Unsent(reason, cause) : new Lost(reason, cause));
			}
		}
		if (tryLead()) {
			closeSelector();
			this.reading.set(false);
		}
		else {
			Selector selector = this.selector;
			if (selector != null) {
				selector.wakeup();
			}
		}
	}

	private void closeSelector() {
		Selector selector = this.selector;
		this.selector = null;
		if (selector != null) {
			try {
				selector.close();
			}
			catch (IOException ex) {
				logger.debug("A selector could not be closed", ex);
			}
		}
	}

	/** Fail the calls whose deadline has passed and that no thread waits for. */
	void expire(long now) {
		for (int i = 0; i < this.slots.length(); i++) {
			PendingCall call = this.slots.get(i);
			if (call instanceof AsyncCall && call.deadlineNanos() - now <= 0 && remove(call)) {
				call.complete(AsyncCall.EXPIRED);
			}
		}
	}

	// --- for the I/O thread

	/** Free the role; the I/O thread keeps watching, so nobody needs to be found. */
	void leaveArmed() {
		release();
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

	long reads() {
		return this.reads;
	}

	int pendingCalls() {
		return this.pending.get();
	}

}
