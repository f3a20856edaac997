package io.github.udsboot.client.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.UdsException;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.call.FailedAttempt;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UdsSocket;

/**
 * Makes the connections of a client that calls do not share: each belongs to one session,
 * one exchange or one stream. One event loop, started with the first connection, reads
 * them all.
 */
public final class DedicatedConnections {

	/** No clocks, as waiting for an answer has a deadline, and sending a timeout. */
	public static final ConnectionClocks NO_CLOCKS = new ConnectionClocks(Duration.ZERO, Duration.ZERO, Duration.ZERO,
			Duration.ZERO);

	private static final long OUTBOUND_QUEUE_SIZE = 4 << 20;

	private final String threadName;

	private final ConnectSettings settings;

	private final Supplier<FrameReader> readers;

	private final ConnectionClocks clocks;

	private final ConnectBackoff schedule;

	private final ReentrantLock lock = new ReentrantLock();

	/** Signalled when the client is closed. */
	private final Condition changed = this.lock.newCondition();

	/** Guarded by the lock. */
	private @Nullable EventLoopGroup loops;

	/** Written under the lock. */
	private volatile boolean closed;

	private final LongAdder connects = new LongAdder();

	private final LongAdder connectFailures = new LongAdder();

	public DedicatedConnections(String threadName, ConnectSettings settings, ConnectionClocks clocks,
			Supplier<FrameReader> readers) {
		this.threadName = threadName;
		this.settings = settings;
		this.clocks = clocks;
		this.readers = readers;
		this.schedule = new ConnectBackoff(settings.initialBackoff(), settings.maxBackoff());
	}

	/**
	 * Make a connection, waiting for the server if necessary.
	 * @param deadline how long to wait
	 * @param handlers makes the handler of the connection
	 * @return the connection
	 */
	public LoopConnection connect(ConnectDeadline deadline, Function<LoopConnection, ConnectionHandler> handlers) {
		long since = System.nanoTime();
		for (int attempt = 0;; attempt++) {
			try {
				return connect(handlers);
			}
			catch (ConnectFailedException ex) {
				this.connectFailures.increment();
				long now = System.nanoTime();
				UdsException outcome = deadline.outcome(ex, since, now, this.settings);
				if (outcome != null) {
					throw outcome;
				}
				backOff(attempt, deadline.outcomeChangesAt(ex, since, this.settings));
			}
		}
	}

	/**
	 * Make a connection without waiting.
	 * @param handlers makes the handler of the connection
	 * @return the connection, {@code null} if none can be made at once:
	 * {@link #connect(ConnectDeadline, Function)} waits or reports why
	 */
	public @Nullable LoopConnection connectNow(Function<LoopConnection, ConnectionHandler> handlers) {
		try {
			return connect(handlers);
		}
		catch (ConnectFailedException ex) {
			this.connectFailures.increment();
			return null;
		}
	}

	private LoopConnection connect(Function<LoopConnection, ConnectionHandler> handlers) throws ConnectFailedException {
		try {
			return open(handlers);
		}
		catch (UdsException ex) {
			// the client is closed
			throw ex;
		}
		catch (IOException | RuntimeException | Error ex) {
			throw FailedAttempt.of(this.settings.address(), ex);
		}
	}

	private LoopConnection open(Function<LoopConnection, ConnectionHandler> handlers) throws IOException {
		UdsSocket socket = this.settings.transport().connect(this.settings.address());
		boolean added = false;
		try {
			PeerCredentials peer = socket.peerCredentials();
			LoopConnection connection = add(socket, peer, handlers);
			added = true;
			this.connects.increment();
			return connection;
		}
		finally {
			if (!added) {
				socket.close();
			}
		}
	}

	private LoopConnection add(UdsSocket socket, PeerCredentials peer,
			Function<LoopConnection, ConnectionHandler> handlers) throws IOException {
		this.lock.lock();
		try {
			if (this.closed) {
				throw CallFailures.clientClosed(null, path());
			}
			EventLoopGroup loops = this.loops;
			if (loops == null) {
				loops = new EventLoopGroup(this.threadName, this.settings.transport(), 1, 1,
						new ConnectionLimits(OUTBOUND_QUEUE_SIZE, this.clocks, this.settings.busyPoll()));
				this.loops = loops;
			}
			return loops.add(socket, peer, this.readers.get(), handlers);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Run a task on the loop, after all its earlier tasks; on the calling thread if there
	 * is no loop.
	 * @param task the task, which must not block
	 */
	public void execute(Runnable task) {
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
	 * Wait before the next attempt.
	 * @param attempt the number of attempts so far
	 * @param end when to stop waiting at the latest
	 */
	public void backOff(int attempt, long end) {
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
			throw CallFailures.interrupted(null, path());
		}
		if (this.closed) {
			throw CallFailures.clientClosed(null, path());
		}
	}

	boolean isClosed() {
		return this.closed;
	}

	public long connects() {
		return this.connects.sum();
	}

	public long connectFailures() {
		return this.connectFailures.sum();
	}

	public String path() {
		return this.settings.path();
	}

	/** Close all connections, and make no more. */
	public void close() {
		EventLoopGroup loops;
		this.lock.lock();
		try {
			this.closed = true;
			this.changed.signalAll();
			loops = this.loops;
			this.loops = null;
		}
		finally {
			this.lock.unlock();
		}
		if (loops != null) {
			loops.close();
		}
	}

}
