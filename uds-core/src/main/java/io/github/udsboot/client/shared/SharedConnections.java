package io.github.udsboot.client.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.call.CallLimiter;
import io.github.udsboot.client.call.CallOutcome;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.FailedAttempt;
import io.github.udsboot.client.call.InterceptedOutcomes;
import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.client.connection.Reachability;
import io.github.udsboot.client.connection.UdsClientStats;
import io.github.udsboot.client.connection.UdsConnectionFactory;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.guard.SureExecutor;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.SocketProbe;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsSocket;

/**
 * The shared connections of one client: made on demand, a further one only when the
 * others are busy, and made again, with back-off and jitter, when the server comes back.
 * Thread-safe.
 *
 * <p>
 * Its parts decide when: {@link ConnectQueue} for calls that have no connection,
 * {@link ConnectionGrowth} for a further one. They share this class's lock. What makes
 * the class long is that it speaks for them, too.
 */
public final class SharedConnections implements UdsConnectionFactory {

	private final String name;

	private final SharedSettings settings;

	/** Guards the parts; held for one non-blocking connect at most. */
	private final ReentrantLock lock = new ReentrantLock();

	private final ConnectionSlots slots;

	private final ConnectQueue queue;

	private final ConnectionGrowth growth;

	private final ReadBuffers buffers;

	private final InterceptedOutcomes intercepted = new InterceptedOutcomes();

	private final WaitingRequests waitingRequests;

	/** Written under the lock, as is the next. */
	private volatile @Nullable IoThread io;

	private volatile boolean closed;

	private final LongAdder connects = new LongAdder();

	private final LongAdder connectFailures = new LongAdder();

	public SharedConnections(String name, SharedSettings settings) {
		this(name, settings, new ReadBuffers(settings.maxConnections(), ByteBuffer::allocateDirect));
	}

	public SharedConnections(String name, SharedSettings settings, ReadBuffers buffers) {
		this.name = name;
		this.buffers = buffers;
		this.settings = settings;
		this.waitingRequests = new WaitingRequests(settings.limits().memory());
		this.slots = new ConnectionSlots(settings.maxConnections());
		Connector connector = new Parts();
		this.queue = new ConnectQueue(this.slots, connector, this.lock, settings.connect());
		this.growth = new ConnectionGrowth(this.slots, connector, this.lock, settings);
	}

	@Override
	public UdsAddress getAddress() {
		return this.settings.connect().address();
	}

	public String path() {
		return this.settings.connect().path();
	}

	/** Return what gives the calls their turn. */
	public CallLimiter limiter() {
		return this.growth.limiter();
	}

	public SharedSettings settings() {
		return this.settings;
	}

	/** Return the memory of requests that no thread waits for. */
	public WaitingRequests waitingRequests() {
		return this.waitingRequests;
	}

	// --- a connection for a call

	/**
	 * Return a connection that takes calls now.
	 * @return the best one, or {@code null} if one must be made first
	 */
	public @Nullable SharedConnection ready() {
		SharedConnection best = null;
		int fewest = Integer.MAX_VALUE;
		boolean room = false;
		for (int i = 0; i < this.slots.count(); i++) {
			SharedConnection connection = this.slots.get(i);
			if (connection == null || !connection.isUsable()) {
				room = true;
				continue;
			}
			int pending = connection.pendingCalls();
			if (connection.isCongested()) {
				// chosen only if no other takes calls at once
				pending = Integer.MAX_VALUE - 1;
			}
			if (pending == 0) {
				return connection;
			}
			if (pending < fewest) {
				fewest = pending;
				best = connection;
			}
		}
		return (best != null && room && !this.growth.isHeldBack()) ? this.growth.another(best) : best;
	}

	/**
	 * Return the outcome of a call whose connection was gone before the call reached it.
	 * @return {@link SharedConnection#refusal()} of a connection that has failed, if any
	 */
	public CallOutcome refusal() {
		return this.slots.refusal();
	}

	/**
	 * Return a connection that takes calls, waiting for the server if necessary.
	 * @param deadline how long to wait
	 * @return the connection
	 */
	public SharedConnection acquire(ConnectDeadline deadline) {
		SharedConnection ready = ready();
		return (ready != null && !this.closed) ? ready : this.queue.await(deadline);
	}

	/**
	 * Make a connection for a call that no thread waits for, if that works at once.
	 * @return the connection, or {@code null}
	 */
	public @Nullable SharedConnection connectNow(ConnectDeadline deadline) {
		return this.queue.connectNow(deadline);
	}

	/**
	 * Queue a call that no thread waits for, to go on as soon as there is a connection.
	 * Does not block.
	 */
	public void enqueue(DelayedCall call) {
		this.queue.add(call);
	}

	/** Have the I/O thread check the calls that wait for a connection. */
	public void serveQueueSoon() {
		this.queue.serveSoon();
	}

	/** Wait before retrying a call that was certainly not executed. */
	public void backOff(ConnectDeadline deadline, long nanos) {
		this.queue.backOff(deadline, nanos);
	}

	public long backoffNanos(int attempts) {
		return this.queue.backoffNanos(attempts);
	}

	/**
	 * Wait until a connection that is full of unwritten requests has room for one more,
	 * or takes no more calls.
	 */
	public void awaitRoom(SharedConnection connection, CallRequest request) {
		try {
			if (!connection.awaitRoom(request.deadline() - System.nanoTime())) {
				throw new UdsDeadlineExceededException(
						"The deadline passed while more than " + this.settings.limits().outboundQueueSize()
								+ " bytes of other requests waited to be written, which is the limit "
								+ "('outbound-queue-size'), to a server that reads too slowly or not at all; the "
								+ "call was not sent",
						request.route(), path(), null);
			}
		}
		catch (InterruptedException ex) {
			throw CallFailures.interrupted(request.route(), path());
		}
	}

	/**
	 * Note that a call with a permit has found all connections full, as one was lost
	 * since the permits were counted. The call must give its permit back and wait for its
	 * turn.
	 */
	public void isFull() {
		this.lock.lock();
		try {
			IoThread io = this.io;
			if (io != null) {
				this.growth.adjustRoom(io);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// --- making connections, under the lock

	/**
	 * Make a connection. Whatever goes wrong here becomes the outcome of the attempt: it
	 * must end neither a call that only passes its permit on, nor the thread that reads
	 * for others.
	 */
	private SharedConnection open(int slot) throws ConnectFailedException {
		try {
			IoThread io = startIo();
			SharedConnection connection = connect(io);
			install(slot, connection, io);
			return connection;
		}
		catch (IOException | RuntimeException | Error ex) {
			this.connectFailures.increment();
			throw FailedAttempt.of(getAddress(), ex);
		}
	}

	private SharedConnection connect(IoThread io) throws IOException {
		UdsSocket socket = this.settings.connect().transport().connect(getAddress());
		boolean connected = false;
		try {
			SharedConnection connection = new SharedConnection(socket, io, this.settings, this.buffers);
			connected = true;
			return connection;
		}
		finally {
			if (!connected) {
				socket.close();
			}
		}
	}

	private void install(int slot, SharedConnection connection, IoThread io) {
		boolean installed = false;
		try {
			io.add(connection);
			this.slots.put(slot, connection);
			this.connects.increment();
			this.growth.adjustRoom(io);
			installed = true;
			// calls may be waiting for more than the first connection
			this.growth.crowded();
		}
		finally {
			if (!installed) {
				connection.close("The connection cannot be used", null);
			}
		}
	}

	private IoThread startIo() throws IOException {
		IoThread io = this.io;
		if (io == null) {
			io = new IoThread(this.settings, "uds-" + this.name + "-client-io", new Clock());
			io.start();
			this.io = io;
		}
		return io;
	}

	// --- the clock of calls that no thread waits for

	public void startClock() {
		IoThread io = this.io;
		if (io != null) {
			io.startClock();
		}
	}

	/**
	 * End a call at its deadline, or when the client closes, if its interceptors do not
	 * complete it.
	 * @param call the call
	 * @param outcome what its interceptors complete
	 * @param executor completes the outcome if they do not
	 */
	public void watch(InterceptedOutcomes.Call call, CompletableFuture<UdsClientResponse> outcome,
			SureExecutor executor) {
		if (outcome.isDone()) {
			return;
		}
		// first the call, then the checks: close() and the clock use the reverse order
		boolean open = this.intercepted.add(call, outcome, executor);
		try {
			if (open) {
				watchClock();
			}
			else {
				this.intercepted.expire(System.nanoTime());
			}
		}
		catch (Throwable ex) {
			// there is no clock
			executor.execute(() -> outcome.completeExceptionally(ex));
		}
	}

	private void watchClock() throws IOException {
		IoThread io = this.io;
		if (io == null) {
			this.lock.lock();
			try {
				if (this.closed) {
					return;
				}
				io = startIo();
			}
			finally {
				this.lock.unlock();
			}
		}
		io.startClock();
	}

	/** For tests. */
	public InterceptedOutcomes intercepted() {
		return this.intercepted;
	}

	/** For tests. */
	public @Nullable IoThread io() {
		return this.io;
	}

	// --- public state

	@Override
	public Reachability reachability() {
		return (this.slots.usable() > 0) ? Reachability.CONNECTED : this.settings.connect().lookForServer();
	}

	@Override
	public void probe() throws ConnectFailedException {
		SocketProbe.connect(this.settings.connect().transport(), getAddress());
	}

	@Override
	public UdsClientStats stats() {
		int open = 0;
		int pending = 0;
		for (SharedConnection connection : all()) {
			if (!connection.isClosed()) {
				open++;
				pending += connection.pendingCalls();
			}
		}
		return new UdsClientStats(this.name, path(), open, pending, this.connects.sum(), this.connectFailures.sum());
	}

	private List<SharedConnection> all() {
		this.lock.lock();
		try {
			return this.slots.all();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			// under the lock: a thread that makes connections or queues calls has checked
			// before this or will check after it
			this.closed = true;
			this.queue.wakeAll();
		}
		finally {
			this.lock.unlock();
		}
		all().forEach((connection) -> run(() -> connection.close("The client was closed", null)));
		run(this.queue::serve);
		IoThread io = this.io;
		run(() -> this.intercepted.close(io != null));
		if (io != null) {
			io.stop();
		}
	}

	/** A failure here must not keep the rest from being closed. */
	private static void run(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			LostFailures.log("A client could not be closed completely", ex);
		}
	}

	/** What the parts need of their whole. */
	private final class Parts implements Connector {

		@Override
		public @Nullable SharedConnection ready() {
			return SharedConnections.this.ready();
		}

		@Override
		public SharedConnection open(int slot) throws ConnectFailedException {
			return SharedConnections.this.open(slot);
		}

		@Override
		public @Nullable IoThread io() {
			return SharedConnections.this.io;
		}

		@Override
		public boolean isClosed() {
			return SharedConnections.this.closed;
		}

	}

	private final class Clock implements IoThread.Clock {

		@Override
		public boolean isNeeded() {
			return SharedConnections.this.queue.hasWaiting() || limiter().hasWaiting()
					|| SharedConnections.this.intercepted.isNeeded();
		}

		@Override
		public boolean isOwed() {
			return SharedConnections.this.intercepted.isOwed();
		}

		@Override
		public void tick(long now) {
			limiter().expire(now);
			SharedConnections.this.intercepted.expire(now);
			SharedConnections.this.growth.crowded();
			if (SharedConnections.this.queue.hasWaiting()) {
				SharedConnections.this.queue.serve();
			}
		}

	}

}
