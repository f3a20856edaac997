package io.github.udsboot.client.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.client.connection.DedicatedConnections;
import io.github.udsboot.client.connection.Reachability;
import io.github.udsboot.client.connection.UdsClientStats;
import io.github.udsboot.client.connection.UdsConnectionFactory;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.session.SessionCodec;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.SocketProbe;
import io.github.udsboot.transport.UdsAddress;

/**
 * The connections of a client whose protocol has sessions. Each belongs to one session or
 * one exchange at a time; those that may serve another exchange wait here for it. One
 * event loop, started with the first connection, reads them all.
 */
public final class SessionConnections implements UdsConnectionFactory {

	private final SessionSettings settings;

	private final SessionCodec codec;

	private final DedicatedConnections connections;

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by the lock, the most recently used first. */
	private final Deque<ClientSession> idle = new ArrayDeque<>();

	/** Guarded by the lock. */
	private boolean closed;

	private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();

	private final AtomicInteger exchanges = new AtomicInteger();

	public SessionConnections(SessionSettings settings, SessionCodec codec) {
		this.settings = settings;
		this.codec = codec;
		this.connections = new DedicatedConnections("uds-" + settings.name() + "-client", settings.connect(),
				DedicatedConnections.NO_CLOCKS,
				() -> settings.protocol().newReader(Side.CLIENT, settings.frameLimits()));
	}

	public SessionSettings settings() {
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
	 * Run a task once all connections discarded so far are closed.
	 * @param task the task, which must not block
	 */
	void afterDiscards(Runnable task) {
		this.connections.execute(task);
	}

	/**
	 * Make a connection, waiting for the server if necessary.
	 * @param deadline how long to wait
	 * @param exchanges whether it serves exchanges, rather than a session
	 * @return the connection
	 */
	ClientSession connect(ConnectDeadline deadline, boolean exchanges) {
		return (ClientSession) this.connections.connect(deadline, (added) -> newSession(added, exchanges)).handler();
	}

	private ClientSession newSession(LoopConnection connection, boolean exchanges) {
		ClientSession session = new ClientSession(connection, this.settings, this.codec, exchanges,
				this.sessions::remove);
		this.sessions.add(session);
		return session;
	}

	/**
	 * Wait before the next attempt.
	 * @param attempt the number of attempts so far
	 * @param end when to stop waiting at the latest
	 */
	void backOff(int attempt, long end) {
		this.connections.backOff(attempt, end);
	}

	// --- public state

	@Override
	public UdsAddress getAddress() {
		return this.settings.connect().address();
	}

	@Override
	public Reachability reachability() {
		return isConnected() ? Reachability.CONNECTED : this.settings.connect().lookForServer();
	}

	private boolean isConnected() {
		return this.sessions.stream().anyMatch((session) -> session.session().isOpen());
	}

	@Override
	public void probe() throws ConnectFailedException {
		SocketProbe.connect(this.settings.connect().transport(), this.settings.connect().address());
	}

	@Override
	public UdsClientStats stats() {
		return new UdsClientStats(this.settings.name(), this.settings.path(), this.sessions.size(),
				this.exchanges.get(), this.connections.connects(), this.connections.connectFailures());
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.idle.clear();
		}
		finally {
			this.lock.unlock();
		}
		this.connections.close();
	}

}
