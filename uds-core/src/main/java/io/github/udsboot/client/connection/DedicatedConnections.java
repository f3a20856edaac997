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
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.call.FailedAttempt;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

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

	private final Target target;

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

	public DedicatedConnections(String threadName, Target target, ConnectionClocks clocks,
			Supplier<FrameReader> readers) {
		this.threadName = threadName;
		this.target = target;
		this.clocks = clocks;
		this.readers = readers;
		this.schedule = new ConnectBackoff(target.initialBackoff(), target.maxBackoff());
	}

	/**
	 * Make a connection, waiting for the server if necessary.
	 * @param patience how long to wait
	 * @param handlers makes the handler of the connection
	 * @return the connection
	 */
	public LoopConnection connect(ConnectDeadline patience, Function<LoopConnection, ConnectionHandler> handlers) {
		long since = System.nanoTime();
		for (int attempt = 0;; attempt++) {
			try {
				return connect(handlers);
			}
			catch (ConnectFailedException ex) {
				this.connectFailures.increment();
				long now = System.nanoTime();
				long limit = (ex.reason() == Reason.BACKLOG_FULL) ? since + Nanos.of(this.target.connectTimeout())
						: patience.giveUp();
				if (!ex.reason().isTransient() || now - limit >= 0) {
					throw new UdsUnavailableException(ex.getMessage() + "; nothing was sent", route(patience), path(),
							ex);
				}
				if (now - patience.deadline() >= 0) {
					throw deadlineExceeded(patience, ex);
				}
				backOff(attempt, (limit - patience.deadline() < 0) ? limit : patience.deadline());
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
			throw FailedAttempt.of(this.target.address(), ex);
		}
	}

	private LoopConnection open(Function<LoopConnection, ConnectionHandler> handlers) throws IOException {
		UdsSocket socket = this.target.transport().connect(this.target.address());
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
				throw clientClosed();
			}
			EventLoopGroup loops = this.loops;
			if (loops == null) {
				loops = new EventLoopGroup(this.threadName, this.target.transport(), 1, 1,
						new ConnectionLimits(OUTBOUND_QUEUE_SIZE, this.clocks, this.target.busyPoll()));
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
			throw interrupted("nothing was sent");
		}
		if (this.closed) {
			throw clientClosed();
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
		return this.target.address().toString();
	}

	private static @Nullable String route(ConnectDeadline patience) {
		return patience.route().equals(CallRecorder.NO_ROUTE) ? null : patience.route();
	}

	// --- exceptions

	public UdsCancelledException interrupted(String consequence) {
		Thread.currentThread().interrupt();
		return new UdsCancelledException("The calling thread was interrupted; " + consequence, null, path(), null);
	}

	public UdsDeadlineExceededException deadlineExceeded(ConnectDeadline patience, @Nullable Throwable cause) {
		return new UdsDeadlineExceededException(
				"The deadline passed before a connection could be had"
						+ ((cause != null) ? " (" + cause.getMessage() + ")" : "") + "; nothing was sent",
				route(patience), path(), cause);
	}

	private UdsCancelledException clientClosed() {
		return new UdsCancelledException("The client is closed; nothing was sent", null, path(), null);
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

	/**
	 * The server, and how to reach it.
	 */
	public record Target(UdsAddress address, UdsTransport transport, Duration connectTimeout, Duration initialBackoff,
			Duration maxBackoff, @Nullable Duration busyPoll) {

	}

}
