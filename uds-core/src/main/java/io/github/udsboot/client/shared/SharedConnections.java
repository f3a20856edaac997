package io.github.udsboot.client.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.call.CallLimiter;
import io.github.udsboot.client.call.CallOutcome;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.FailedAttempt;
import io.github.udsboot.client.call.InterceptedOutcomes;
import io.github.udsboot.client.connection.ConnectBackoff;
import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.client.connection.Reachability;
import io.github.udsboot.client.connection.UdsClientStats;
import io.github.udsboot.client.connection.UdsConnectionFactory;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.guard.SureExecutor;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.SocketProbe;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsSocket;

/**
 * The shared connections of one client: made on demand, a further one only when the
 * others are busy, and made again, with back-off and jitter, when the server comes back.
 * While it is away, the client's I/O thread makes the attempts for all waiting calls,
 * whether a thread waits for them or not. Thread-safe.
 */
public final class SharedConnections implements UdsConnectionFactory {

	private final String name;

	private final SharedSettings settings;

	private final CallLimiter limiter;

	/** Written under the lock. */
	private final AtomicReferenceArray<@Nullable SharedConnection> connections;

	/** Guards the fields below; held for one non-blocking connect at most. */
	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * A connection was made, there will be none, or the reason for having none changed.
	 */
	private final Condition changed = this.lock.newCondition();

	private final ConnectBackoff schedule;

	/** Taken out of the places above while calls were pending on them. */
	private final List<SharedConnection> retiring = new ArrayList<>();

	private final Deque<Queued> queue = new ArrayDeque<>();

	private final ReadBuffers buffers;

	private final InterceptedOutcomes intercepted = new InterceptedOutcomes();

	private final WaitingRequests waitingRequests;

	/** How many calls the connections have room for, as last told to the limiter. */
	private int room;

	/** The volatile ones are written under the lock. */
	private volatile @Nullable IoThread io;

	/** The calls that wait for a connection, with a thread or without. */
	private final AtomicInteger waiting = new AtomicInteger();

	/** Until this time no connection is made beside one that serves. */
	private volatile long holdBackUntil = System.nanoTime();

	/** A connection that did not answer, because of which further ones were held back. */
	private @Nullable SharedConnection heldBackFor;

	/** Permits for new connections, on their way to the limiter. */
	private final AtomicInteger coming = new AtomicInteger();

	/** The I/O thread is about to check whether a further connection is needed. */
	private final AtomicBoolean growing = new AtomicBoolean();

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
		this.connections = new AtomicReferenceArray<>(settings.maxConnections());
		this.waitingRequests = new WaitingRequests(settings.limits().memory());
		// grows with each further connection
		this.room = settings.maxInFlightPerConnection();
		this.limiter = new CallLimiter(this.room, this::crowded);
		this.schedule = new ConnectBackoff(settings.initialBackoff(), settings.maxBackoff());
	}

	@Override
	public UdsAddress getAddress() {
		return this.settings.address();
	}

	public CallLimiter limiter() {
		return this.limiter;
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
		for (int i = 0; i < this.connections.length(); i++) {
			SharedConnection connection = this.connections.get(i);
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
		return (best != null && room && System.nanoTime() - this.holdBackUntil >= 0) ? another(best) : best;
	}

	/**
	 * Return the outcome of a call whose connection was gone before the call reached it.
	 * @return {@link SharedConnection#refusal()} of a connection that has failed, if any
	 */
	public CallOutcome refusal() {
		for (int i = 0; i < this.connections.length(); i++) {
			SharedConnection connection = this.connections.get(i);
			if (connection != null && connection.refusal() instanceof CallOutcome.Unsent failed) {
				return failed;
			}
		}
		return CallOutcome.Ended.NOT_SUBMITTED;
	}

	/** Try once to make a further connection: all are busy and one more is allowed. */
	private SharedConnection another(SharedConnection best) {
		if (!this.lock.tryLock()) {
			return best;
		}
		try {
			SharedConnection another = openAnother();
			return (another != null) ? another : best;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Under the lock, beside a connection that serves. */
	private @Nullable SharedConnection openAnother() {
		int place = freePlace();
		if (place < 0 || this.closed) {
			return null;
		}
		SharedConnection previous = this.connections.get(place);
		if (previous != null && !previous.hasAnswered() && previous != this.heldBackFor) {
			// the server seems not to want more: do not insist
			this.heldBackFor = previous;
			holdBack();
			return null;
		}
		try {
			SharedConnection another = open(place);
			this.heldBackFor = null;
			return another;
		}
		catch (ConnectFailedException ex) {
			holdBack();
			return null;
		}
	}

	private void holdBack() {
		this.holdBackUntil = System.nanoTime() + this.schedule.maxBackoffNanos();
	}

	/**
	 * Return a connection that takes calls, waiting for the server if necessary.
	 * @param patience how long to wait
	 * @return the connection
	 */
	public SharedConnection acquire(ConnectDeadline patience) {
		SharedConnection ready = ready();
		if (ready != null && !this.closed) {
			return ready;
		}
		lock(patience);
		try {
			return connect(patience);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void lock(ConnectDeadline patience) {
		try {
			if (!this.lock.tryLock(patience.deadline() - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				throw deadlineExceeded(patience.route(), null);
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(patience.route());
		}
	}

	private SharedConnection connect(ConnectDeadline patience) {
		long since = System.nanoTime();
		boolean first = true;
		while (true) {
			if (this.closed) {
				throw closed(patience.route());
			}
			SharedConnection connection = ready();
			if (connection == null && (first || this.schedule.failure() == null)) {
				connection = firstAttempt(patience);
			}
			if (connection != null) {
				return connection;
			}
			first = false;
			long now = System.nanoTime();
			UdsException failure = verdict(patience, since, now);
			if (failure != null) {
				throw failure;
			}
			this.waiting.incrementAndGet();
			try {
				startClock();
				await(patience, limit(patience, since) - now);
			}
			finally {
				this.waiting.decrementAndGet();
			}
		}
	}

	@SuppressWarnings("WaitNotInLoop") // the callers loop
	private void await(ConnectDeadline patience, long nanos) {
		try {
			this.changed.awaitNanos(nanos);
		}
		catch (InterruptedException ex) {
			throw interrupted(patience.route());
		}
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
			throw interrupted(request.route());
		}
	}

	/** Wait before retrying a call that was certainly not executed. */
	public void backOff(ConnectDeadline patience, int attempts) {
		long end = System.nanoTime() + backoffNanos(attempts);
		if (end - patience.giveUp() > 0) {
			end = patience.giveUp();
		}
		lock(patience);
		try {
			long left = end - System.nanoTime();
			while (left > 0 && !this.closed) {
				await(patience, left);
				left = end - System.nanoTime();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	public long backoffNanos(int attempts) {
		return this.schedule.backoffNanos(attempts);
	}

	/**
	 * Make a connection for a call that no thread waits for, if that works at once.
	 * @return the connection, or {@code null}
	 */
	public @Nullable SharedConnection connectNow(ConnectDeadline patience) {
		this.lock.lock();
		try {
			if (this.closed) {
				return null;
			}
			SharedConnection ready = ready();
			return (ready != null) ? ready : firstAttempt(patience);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Queue a call that no thread waits for, to go on as soon as there is a connection.
	 * Does not block.
	 */
	public void enqueue(Queued queued) {
		UdsException failure;
		this.lock.lock();
		try {
			failure = this.closed ? closed(queued.patience.route()) : null;
			long now = System.nanoTime();
			if (failure == null && (this.io == null || queued.notBefore - now <= 0)) {
				// fails at once if it must not wait; and without the thread, nothing
				// could take it out of the queue
				failure = verdict(queued.patience, queued.since, now);
			}
			if (failure == null) {
				this.queue.add(queued);
				this.waiting.incrementAndGet();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (failure != null) {
			queued.failed(failure);
			return;
		}
		serveQueueSoon();
		startClock();
	}

	/** Have the I/O thread check the calls that wait for a connection. */
	public void serveQueueSoon() {
		IoThread io = this.io;
		if (io != null) {
			io.execute(this::serveQueue);
		}
	}

	/** On the I/O thread. */
	private void serveQueue() {
		List<Runnable> actions = new ArrayList<>();
		this.lock.lock();
		try {
			long now = System.nanoTime();
			SharedConnection ready = ready();
			if (ready == null && this.waiting.get() > 0 && !this.closed && this.schedule.isDue(now)) {
				attempt();
			}
			this.queue.removeIf((queued) -> {
				Runnable action = next(queued, now);
				if (action != null) {
					actions.add(action);
				}
				return action != null;
			});
			this.waiting.addAndGet(-actions.size());
		}
		finally {
			this.lock.unlock();
		}
		// without the lock, as this makes calls
		actions.forEach(SharedConnections::run);
	}

	/** A failure of one call must not cost the others their turn. */
	private static void run(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			LostFailures.log("A call failed that had waited for a connection", ex);
		}
	}

	/** Return what to do with a queued call, {@code null} to keep it waiting. */
	private @Nullable Runnable next(Queued queued, long now) {
		UdsException failure = null;
		if (this.closed) {
			failure = closed(queued.patience.route());
		}
		else if (queued.notBefore - now <= 0) {
			failure = verdict(queued.patience, queued.since, now);
		}
		if (failure == null && now - queued.patience.deadline() >= 0) {
			failure = deadlineExceeded(queued.patience.route(), this.schedule.failure());
		}
		if (queued.isGone()) {
			// the call finds that out by itself
			return queued::connected;
		}
		if (failure == null) {
			return (queued.notBefore - now <= 0 && hasRoom(ready())) ? queued::connected : null;
		}
		UdsException found = failure;
		return () -> queued.failed(found);
	}

	private static boolean hasRoom(@Nullable SharedConnection connection) {
		return connection != null && !connection.isCongested();
	}

	/**
	 * Return the failure of a call without a connection, {@code null} to keep it waiting.
	 * There is no failure while there is a connection.
	 */
	private @Nullable UdsException verdict(ConnectDeadline patience, long since, long now) {
		ConnectFailedException failure = this.schedule.failure();
		if (failure == null) {
			return null;
		}
		long limit = (failure.reason() == Reason.BACKLOG_FULL) ? since + Nanos.of(this.settings.connectTimeout())
				: patience.giveUp();
		if (!failure.reason().isTransient() || now - limit >= 0) {
			return new UdsUnavailableException(failure.getMessage() + "; the call was not sent", patience.route(),
					path(), failure);
		}
		return (now - patience.deadline() >= 0) ? deadlineExceeded(patience.route(), failure) : null;
	}

	/** Return when {@link #verdict} will change. */
	private long limit(ConnectDeadline patience, long since) {
		ConnectFailedException failure = this.schedule.failure();
		long limit = (failure != null && failure.reason() == Reason.BACKLOG_FULL)
				? since + Nanos.of(this.settings.connectTimeout()) : patience.giveUp();
		return (limit - patience.deadline() < 0) ? limit : patience.deadline();
	}

	// --- making connections, under the lock

	/** Try for a caller that has just arrived, unless another one has just tried. */
	private @Nullable SharedConnection firstAttempt(ConnectDeadline patience) {
		long now = System.nanoTime();
		boolean impatient = now - patience.giveUp() >= 0;
		return (impatient || this.schedule.isStale(now)) ? attempt() : null;
	}

	private @Nullable SharedConnection attempt() {
		ConnectFailedException before = this.schedule.failure();
		try {
			SharedConnection connection = open(freePlace());
			this.schedule.succeeded();
			this.changed.signalAll();
			return connection;
		}
		catch (ConnectFailedException ex) {
			this.schedule.failed(ex, System.nanoTime());
			if (before == null || before.reason() != ex.reason()) {
				this.changed.signalAll();
			}
			return null;
		}
	}

	private int freePlace() {
		for (int i = 0; i < this.connections.length(); i++) {
			SharedConnection connection = this.connections.get(i);
			if (connection == null || !connection.isUsable()) {
				return i;
			}
		}
		return -1;
	}

	/**
	 * Make a connection. Whatever goes wrong here becomes the outcome of the attempt: it
	 * must end neither a call that only passes its permit on, nor the thread that reads
	 * for others.
	 */
	private SharedConnection open(int place) throws ConnectFailedException {
		try {
			IoThread io = startIo();
			SharedConnection connection = connect(io);
			install(place, connection, io);
			return connection;
		}
		catch (IOException | RuntimeException | Error ex) {
			this.connectFailures.increment();
			throw FailedAttempt.of(this.settings.address(), ex);
		}
	}

	private SharedConnection connect(IoThread io) throws IOException {
		UdsSocket socket = this.settings.transport().connect(this.settings.address());
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

	private void install(int place, SharedConnection connection, IoThread io) {
		boolean installed = false;
		try {
			this.retiring.removeIf(SharedConnection::isClosed);
			SharedConnection old = this.connections.get(place);
			if (old != null && !old.isClosed()) {
				this.retiring.add(old);
			}
			io.add(connection);
			this.connections.set(place, connection);
			this.connects.increment();
			adjustRoom(io);
			installed = true;
			// calls may be waiting for more than the first connection
			crowded();
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

	// --- permits follow the available room

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
				adjustRoom(io);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** On the I/O thread, because it may begin calls. */
	private void grantSoon(IoThread io, int permits) {
		this.coming.addAndGet(permits);
		boolean queued = false;
		try {
			io.execute(() -> grant(permits));
			queued = true;
		}
		finally {
			if (!queued) {
				this.coming.addAndGet(-permits);
			}
		}
	}

	/** On the I/O thread. */
	private void grant(int permits) {
		this.coming.addAndGet(-permits);
		this.limiter.release(permits);
		crowded();
	}

	/**
	 * Have the I/O thread make a further connection, if one is allowed, as calls may be
	 * waiting for their turn. The first one is made by a call that has a permit, after
	 * which this is called as well.
	 */
	private void crowded() {
		IoThread io = this.io;
		if (io == null || !this.limiter.isCrowded() || !hasPlaceBesideOne()) {
			return;
		}
		if (System.nanoTime() - this.holdBackUntil < 0) {
			// the I/O thread checks again once the hold-back is over
			io.startClock();
		}
		else {
			growSoon(io);
		}
	}

	/** Return whether there is a connection that serves, and a place for one more. */
	private boolean hasPlaceBesideOne() {
		boolean place = false;
		boolean serves = false;
		for (int i = 0; i < this.connections.length(); i++) {
			SharedConnection connection = this.connections.get(i);
			boolean usable = connection != null && connection.isUsable();
			serves |= usable;
			place |= !usable;
		}
		return place && serves;
	}

	private void growSoon(IoThread io) {
		if (!this.growing.get() && this.growing.compareAndSet(false, true)) {
			boolean queued = false;
			try {
				io.execute(this::grow);
				queued = true;
			}
			finally {
				if (!queued) {
					this.growing.set(false);
				}
			}
		}
	}

	/** Make one more connection if calls wait for their turn. On the I/O thread. */
	private void grow() {
		// first the flag, then the check: crowded() is called in the reverse order
		this.growing.set(false);
		this.lock.lock();
		try {
			if (this.coming.get() == 0 && this.limiter.isCrowded() && hasPlaceBesideOne()
					&& System.nanoTime() - this.holdBackUntil >= 0) {
				openAnother();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Never below one connection's room: a call with a permit makes the connection. */
	private void adjustRoom(IoThread io) {
		long usable = 0;
		for (int i = 0; i < this.connections.length(); i++) {
			SharedConnection connection = this.connections.get(i);
			if (connection != null && connection.isUsable()) {
				usable++;
			}
		}
		int room = (int) Math.min(Integer.MAX_VALUE / 2,
				Math.max(1, usable) * this.settings.maxInFlightPerConnection());
		int more = room - this.room;
		if (more > 0) {
			grantSoon(io, more);
		}
		else if (more < 0) {
			this.limiter.withdraw(-more);
		}
		this.room = room;
	}

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
		return isConnected() ? Reachability.CONNECTED
				: Reachability.look(this.settings.transport(), this.settings.address(), this.settings.probe());
	}

	private boolean isConnected() {
		for (int i = 0; i < this.connections.length(); i++) {
			SharedConnection connection = this.connections.get(i);
			if (connection != null && connection.isUsable()) {
				return true;
			}
		}
		return false;
	}

	@Override
	public void probe() throws ConnectFailedException {
		SocketProbe.connect(this.settings.transport(), this.settings.address());
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
			List<SharedConnection> all = new ArrayList<>(this.retiring);
			for (int i = 0; i < this.connections.length(); i++) {
				SharedConnection connection = this.connections.get(i);
				if (connection != null) {
					all.add(connection);
				}
			}
			return all;
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
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		all().forEach((connection) -> run(() -> connection.close("The client was closed", null)));
		run(this::serveQueue);
		IoThread io = this.io;
		run(() -> this.intercepted.close(io != null));
		if (io != null) {
			io.stop();
		}
	}

	public String path() {
		return this.settings.address().toString();
	}

	private UdsCancelledException closed(String route) {
		return new UdsCancelledException("The client is closed; the call was not sent", route, path(), null);
	}

	public UdsCancelledException interrupted(String route) {
		Thread.currentThread().interrupt();
		return new UdsCancelledException("The calling thread was interrupted; the call was not sent", route, path(),
				null);
	}

	public UdsDeadlineExceededException deadlineExceeded(String route, @Nullable Throwable cause) {
		return new UdsDeadlineExceededException(
				"The deadline passed before the call's turn came or a connection could be had"
						+ ((cause != null) ? " (" + cause.getMessage() + ")" : "") + "; the call was not sent",
				route, path(), cause);
	}

	/** A call without a thread that waits for a connection. */
	public abstract static class Queued {

		private final long since = System.nanoTime();

		private final ConnectDeadline patience;

		private final long notBefore;

		public Queued(ConnectDeadline patience, long notBefore) {
			this.patience = patience;
			this.notBefore = notBefore;
		}

		/**
		 * Return whether the outcome is no longer wanted; may be called with locks held.
		 */
		public abstract boolean isGone();

		/** Go on: there is a connection now. Called after removal from the queue. */
		public abstract void connected();

		/** Fail: there will be no connection. Called after removal from the queue. */
		public abstract void failed(UdsException failure);

	}

	private final class Clock implements IoThread.Clock {

		@Override
		public boolean isNeeded() {
			return SharedConnections.this.waiting.get() > 0 || SharedConnections.this.limiter.hasWaiting()
					|| SharedConnections.this.intercepted.isNeeded();
		}

		@Override
		public boolean isOwed() {
			return SharedConnections.this.intercepted.isOwed();
		}

		@Override
		public void tick(long now) {
			SharedConnections.this.limiter.expire(now);
			SharedConnections.this.intercepted.expire(now);
			crowded();
			if (SharedConnections.this.waiting.get() > 0) {
				serveQueue();
			}
		}

	}

}
