package io.github.udsboot.client;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsSocket;

/**
 * The shared connections of one client: made when they are needed, a further one only
 * when the others are busy, and made again, with back-off and jitter, when the server
 * comes back. Thread-safe.
 */
public final class UdsConnectionFactory implements Closeable {

	private final String name;

	private final ClientSettings settings;

	private final CallLimiter limiter;

	private final AtomicReferenceArray<@Nullable ClientConnection> connections;

	private final ReentrantLock connectLock = new ReentrantLock();

	private final Condition closing = this.connectLock.newCondition();

	private final LongAdder connects = new LongAdder();

	private final LongAdder connectFailures = new LongAdder();

	/** Guarded by the connect lock. */
	private @Nullable ClientIo io;

	private volatile boolean closed;

	UdsConnectionFactory(String name, ClientSettings settings) {
		this.name = name;
		this.settings = settings;
		this.connections = new AtomicReferenceArray<>(settings.maxConnections());
		this.limiter = new CallLimiter(settings.maxConnections() * settings.maxInFlightPerConnection());
	}

	/**
	 * Return where the client connects to.
	 * @return the address
	 */
	public UdsAddress getAddress() {
		return this.settings.address();
	}

	CallLimiter limiter() {
		return this.limiter;
	}

	ClientSettings settings() {
		return this.settings;
	}

	/**
	 * Return a connection that takes calls now.
	 * @return the best one, or {@code null} if one must be made first
	 */
	@Nullable ClientConnection ready() {
		ClientConnection best = null;
		int fewest = Integer.MAX_VALUE;
		boolean room = false;
		for (int i = 0; i < this.connections.length(); i++) {
			ClientConnection connection = this.connections.get(i);
			if (connection == null || !connection.isUsable()) {
				room = true;
				continue;
			}
			int pending = connection.pendingCalls();
			if (pending == 0) {
				return connection;
			}
			if (pending < fewest) {
				fewest = pending;
				best = connection;
			}
		}
		return (best != null && room) ? another(best) : best;
	}

	/** All connections are busy and there may be one more: try to make it, once. */
	private ClientConnection another(ClientConnection best) {
		if (this.closed || !this.connectLock.tryLock()) {
			return best;
		}
		try {
			// the room seen without the lock may be taken by now
			return hasRoom() ? open() : best;
		}
		catch (ConnectFailedException ex) {
			return best;
		}
		finally {
			this.connectLock.unlock();
		}
	}

	private boolean hasRoom() {
		for (int i = 0; i < this.connections.length(); i++) {
			ClientConnection connection = this.connections.get(i);
			if (connection == null || !connection.isUsable()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return a connection that takes calls, waiting for the server if need be.
	 * @param route the route to be called, for the exceptions
	 * @param deadline when the call's deadline passes
	 * @param giveUp when to stop to wait for a server that is not there
	 * @return the connection
	 */
	ClientConnection acquire(String route, long deadline, long giveUp) {
		ClientConnection ready = ready();
		if (ready != null && !this.closed) {
			return ready;
		}
		try {
			if (!this.connectLock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				throw deadlineExceeded(route, null);
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(route);
		}
		try {
			return connect(route, deadline, giveUp);
		}
		finally {
			this.connectLock.unlock();
		}
	}

	private ClientConnection connect(String route, long deadline, long giveUp) {
		long busyUntil = System.nanoTime() + this.settings.connectTimeout().toNanos();
		long backoff = this.settings.initialBackoff().toNanos();
		while (true) {
			if (this.closed) {
				throw new UdsCancelledException("The client is closed; the call was not sent", route, path(), null);
			}
			// pausing frees the lock, so another thread may have connected meanwhile
			ClientConnection ready = ready();
			if (ready != null) {
				return ready;
			}
			try {
				return open();
			}
			catch (ConnectFailedException ex) {
				long limit = (ex.reason() == Reason.BACKLOG_FULL) ? busyUntil : giveUp;
				long now = System.nanoTime();
				if (!ex.reason().isTransient() || now - limit >= 0) {
					throw new UdsUnavailableException(ex.getMessage() + "; the call was not sent", route, path(), ex);
				}
				if (now - deadline >= 0) {
					throw deadlineExceeded(route, ex);
				}
				pause(route, Math.min(jitter(backoff), Math.min(limit - now, deadline - now)));
				backoff = Math.min(backoff * 2, this.settings.maxBackoff().toNanos());
			}
		}
	}

	/**
	 * Wait before another attempt; ends early when the client is closed.
	 */
	private void pause(String route, long nanos) {
		try {
			long left = nanos;
			while (left > 0 && !this.closed) {
				left = this.closing.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(route);
		}
	}

	/**
	 * Wait before a call is tried again that was certainly not executed.
	 * @param attempt how often it was tried
	 */
	void backOff(String route, int attempt, long limit) {
		long backoff = this.settings.initialBackoff().toNanos() << Math.min(attempt, 16);
		this.connectLock.lock();
		try {
			pause(route, Math.min(jitter(Math.min(backoff, this.settings.maxBackoff().toNanos())),
					limit - System.nanoTime()));
		}
		finally {
			this.connectLock.unlock();
		}
	}

	private static long jitter(long nanos) {
		return (nanos > 1) ? nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1) : nanos;
	}

	/** Under the connect lock. */
	private ClientConnection open() throws ConnectFailedException {
		UdsSocket socket;
		try {
			socket = this.settings.transport().connect(this.settings.address());
		}
		catch (ConnectFailedException ex) {
			this.connectFailures.increment();
			throw ex;
		}
		ClientIo io = startIo(socket);
		ClientConnection connection = new ClientConnection(socket, this.settings.transport(), io, this.settings);
		this.connects.increment();
		io.add(connection);
		for (int i = 0; i < this.connections.length(); i++) {
			ClientConnection old = this.connections.get(i);
			if (old == null || !old.isUsable()) {
				this.connections.set(i, connection);
				break;
			}
		}
		if (this.closed) {
			connection.close("The client is closed", null);
		}
		return connection;
	}

	private ClientIo startIo(UdsSocket socket) throws ConnectFailedException {
		ClientIo io = this.io;
		if (io == null) {
			try {
				io = new ClientIo(this.settings.transport(), "uds-" + this.name + "-client-io");
			}
			catch (IOException ex) {
				socket.close();
				throw new ConnectFailedException(Reason.OTHER,
						"No selector can be opened for '" + path() + "': " + ex.getMessage(), ex);
			}
			io.start();
			this.io = io;
		}
		return io;
	}

	/**
	 * Prove that the server can be reached by connecting once more and closing at once.
	 * @throws ConnectFailedException if it cannot be reached
	 */
	public void probe() throws ConnectFailedException {
		this.settings.transport().connect(this.settings.address()).close();
	}

	/**
	 * Return what the client has done so far and does now.
	 * @return a snapshot
	 */
	public UdsClientStats stats() {
		int open = 0;
		int pending = 0;
		for (int i = 0; i < this.connections.length(); i++) {
			ClientConnection connection = this.connections.get(i);
			if (connection != null && !connection.isClosed()) {
				open++;
				pending += connection.pendingCalls();
			}
		}
		return new UdsClientStats(this.name, path(), open, pending, this.connects.sum(), this.connectFailures.sum());
	}

	/**
	 * Close the connections. Pending calls fail with
	 * {@link io.github.udsboot.UdsConnectionLostException} if they may have been sent.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.connectLock.lock();
		try {
			this.closing.signalAll();
			for (int i = 0; i < this.connections.length(); i++) {
				ClientConnection connection = this.connections.get(i);
				if (connection != null) {
					connection.close("The client was closed", null);
				}
			}
			if (this.io != null) {
				this.io.stop();
			}
		}
		finally {
			this.connectLock.unlock();
		}
	}

	String path() {
		return this.settings.address().toString();
	}

	UdsCancelledException interrupted(String route) {
		Thread.currentThread().interrupt();
		return new UdsCancelledException("The calling thread was interrupted; the call was not sent", route, path(),
				null);
	}

	UdsDeadlineExceededException deadlineExceeded(String route, @Nullable Throwable cause) {
		return new UdsDeadlineExceededException(
				"The deadline passed before a connection could be had"
						+ ((cause != null) ? " (" + cause.getMessage() + ")" : "") + "; the call was not sent",
				route, path(), cause);
	}

}
