package io.github.udsboot.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.session.SessionCodec;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsSocket;

/**
 * The connections of a client whose protocol has sessions. Each belongs to one session or
 * one exchange at a time; those that may serve another exchange wait here for it. One
 * event loop reads them all, started with the first.
 */
final class SessionConnections implements UdsConnectionFactory {

	/** Who waits for an answer has a deadline, and who sends a time-out. */
	private static final ConnectionClocks NO_CLOCKS = new ConnectionClocks(Duration.ZERO, Duration.ZERO, Duration.ZERO,
			Duration.ZERO);

	private static final long OUTBOUND_QUEUE_SIZE = 4 << 20;

	private final SessionSettings settings;

	private final SessionCodec codec;

	private final ConnectSchedule schedule;

	private final ReentrantLock lock = new ReentrantLock();

	/** Signalled when the client is closed. */
	private final Condition changed = this.lock.newCondition();

	/** Guarded by the lock, the most recently used first. */
	private final Deque<ClientSession> idle = new ArrayDeque<>();

	/** Guarded by the lock. */
	private @Nullable EventLoopGroup loops;

	/** Written under the lock. */
	private volatile boolean closed;

	private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();

	private final AtomicInteger exchanges = new AtomicInteger();

	private final LongAdder connects = new LongAdder();

	private final LongAdder connectFailures = new LongAdder();

	SessionConnections(SessionSettings settings, SessionCodec codec) {
		this.settings = settings;
		this.codec = codec;
		this.schedule = new ConnectSchedule(settings.initialBackoff(), settings.maxBackoff());
	}

	SessionSettings settings() {
		return this.settings;
	}

	SessionCodec codec() {
		return this.codec;
	}

	AtomicInteger exchanges() {
		return this.exchanges;
	}

	// --- connections

	/**
	 * Return a connection that has served an exchange and may serve another.
	 * @return the connection, or {@code null} if there is none
	 */
	@Nullable ClientSession takeIdle() {
		this.lock.lock();
		try {
			ClientSession session = this.idle.poll();
			while (session != null && !session.session().isOpen()) {
				session = this.idle.poll();
			}
			return session;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Keep a connection for the next exchange. */
	void giveBack(ClientSession session) {
		this.lock.lock();
		try {
			if (!this.closed && session.session().isOpen()) {
				this.idle.push(session);
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		session.discard();
	}

	/**
	 * Run a task when the connections that were discarded before are closed.
	 * @param task the task, must not block
	 */
	void afterDiscards(Runnable task) {
		EventLoopGroup loops;
		this.lock.lock();
		try {
			loops = this.loops;
		}
		finally {
			this.lock.unlock();
		}
		if (loops != null) {
			loops.execute(task);
		}
		else {
			task.run();
		}
	}

	/**
	 * Make a connection, waiting for the server if need be.
	 * @param patience how long
	 * @param exchanges whether it serves exchanges, or else a session
	 * @return the connection
	 */
	ClientSession connect(Patience patience, boolean exchanges) {
		long since = System.nanoTime();
		for (int attempt = 0;; attempt++) {
			try {
				return connect(exchanges);
			}
			catch (ConnectFailedException ex) {
				this.connectFailures.increment();
				long now = System.nanoTime();
				long limit = (ex.reason() == Reason.BACKLOG_FULL) ? since + this.settings.connectTimeout().toNanos()
						: patience.giveUp();
				if (!ex.reason().isTransient() || now - limit >= 0) {
					throw new UdsUnavailableException(ex.getMessage() + "; nothing was sent", null,
							this.settings.path(), ex);
				}
				if (now - patience.deadline() >= 0) {
					throw deadlineExceeded(ex);
				}
				backOff(attempt, (limit - patience.deadline() < 0) ? limit : patience.deadline());
			}
		}
	}

	private ClientSession connect(boolean exchanges) throws ConnectFailedException {
		UdsSocket socket = this.settings.transport().connect(this.settings.address());
		boolean added = false;
		try {
			PeerCredentials peer = socket.peerCredentials();
			ClientSession session = add(socket, peer, exchanges);
			added = true;
			this.connects.increment();
			return session;
		}
		catch (IOException ex) {
			throw new ConnectFailedException(Reason.OTHER,
					"The connection to '" + this.settings.path() + "' cannot be used: " + ex.getMessage(), ex);
		}
		finally {
			if (!added) {
				socket.close();
			}
		}
	}

	private ClientSession add(UdsSocket socket, PeerCredentials peer, boolean exchanges) throws IOException {
		this.lock.lock();
		try {
			if (this.closed) {
				throw clientClosed();
			}
			EventLoopGroup loops = this.loops;
			if (loops == null) {
				loops = new EventLoopGroup("uds-" + this.settings.name() + "-client", this.settings.transport(), 1, 1,
						new ConnectionLimits(OUTBOUND_QUEUE_SIZE, NO_CLOCKS, this.settings.busyPoll()));
				this.loops = loops;
			}
			LoopConnection connection = loops.add(socket, peer,
					this.settings.protocol().newReader(Side.CLIENT, this.settings.frameLimits()),
					(added) -> newSession(added, exchanges));
			return (ClientSession) connection.handler();
		}
		finally {
			this.lock.unlock();
		}
	}

	private ClientSession newSession(LoopConnection connection, boolean exchanges) {
		ClientSession session = new ClientSession(connection, this.settings, this.codec, exchanges,
				this.sessions::remove);
		this.sessions.add(session);
		return session;
	}

	/**
	 * Wait before the next attempt.
	 * @param attempt how many there were
	 * @param end when to stop to wait at the latest
	 */
	void backOff(int attempt, long end) {
		long left = Math.min(this.schedule.backoffNanos(attempt), end - System.nanoTime());
		try {
			this.lock.lockInterruptibly();
			try {
				while (left > 0 && !this.closed) {
					left = this.changed.awaitNanos(left);
				}
			}
			finally {
				this.lock.unlock();
			}
		}
		catch (InterruptedException ex) {
			throw interrupted("nothing was sent");
		}
		if (this.closed) {
			throw clientClosed();
		}
	}

	// --- exceptions

	UdsCancelledException interrupted(String consequence) {
		Thread.currentThread().interrupt();
		return new UdsCancelledException("The calling thread was interrupted; " + consequence, null,
				this.settings.path(), null);
	}

	UdsDeadlineExceededException deadlineExceeded(@Nullable Throwable cause) {
		return new UdsDeadlineExceededException(
				"The deadline passed before a connection could be had"
						+ ((cause != null) ? " (" + cause.getMessage() + ")" : "") + "; nothing was sent",
				null, this.settings.path(), cause);
	}

	private UdsCancelledException clientClosed() {
		return new UdsCancelledException("The client is closed; nothing was sent", null, this.settings.path(), null);
	}

	// --- for everybody

	@Override
	public UdsAddress getAddress() {
		return this.settings.address();
	}

	@Override
	public void probe() throws ConnectFailedException {
		this.settings.transport().connect(this.settings.address()).close();
	}

	@Override
	public UdsClientStats stats() {
		return new UdsClientStats(this.settings.name(), this.settings.path(), this.sessions.size(),
				this.exchanges.get(), this.connects.sum(), this.connectFailures.sum());
	}

	@Override
	public void close() {
		EventLoopGroup loops;
		this.lock.lock();
		try {
			this.closed = true;
			this.changed.signalAll();
			loops = this.loops;
			this.loops = null;
			this.idle.clear();
		}
		finally {
			this.lock.unlock();
		}
		if (loops != null) {
			loops.close();
		}
	}

}
