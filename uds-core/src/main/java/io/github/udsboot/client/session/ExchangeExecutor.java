package io.github.udsboot.client.session;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.call.CallDeadlines;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.GuardedCallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.session.LoopSession;

/**
 * Makes exchanges, one message out and one back, each on a connection of its own, and
 * opens sessions. An exchange is repeated only if nothing of it was sent.
 */
public final class ExchangeExecutor implements Exchanges {

	/**
	 * How long writing may take to settle: what is not written by then, the server does
	 * not read.
	 */
	private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final SessionConnections connections;

	private final CallRecorder recorder;

	private final Semaphore permits;

	public ExchangeExecutor(SessionConnections connections, CallRecorder recorder) {
		this.connections = connections;
		this.recorder = GuardedCallRecorder.of(recorder);
		this.permits = new Semaphore(connections.settings().maxExchanges(), true);
	}

	@Override
	public UdsSession open() {
		long now = System.nanoTime();
		return this.connections
			.connect(connectDeadline(now, now + Nanos.of(this.connections.settings().timeout())), false)
			.session();
	}

	@Override
	public Object exchange(Object message, Type type, Duration timeout) {
		long startedAt = System.nanoTime();
		long deadline = CallDeadlines.after(timeout, startedAt, null, this.connections.settings().connect().address());
		this.connections.exchanges().incrementAndGet();
		Status status = Status.INTERNAL;
		try {
			EncodedFrame frame = this.connections.codec().encode(message);
			acquirePermit(connectDeadline(startedAt, deadline));
			Object answer;
			boolean kept = false;
			try {
				Frame answered = exchange(frame, connectDeadline(startedAt, deadline));
				kept = this.connections.settings().keepAlive();
				answer = decode(answered, type);
			}
			finally {
				releasePermit(kept);
			}
			status = Status.OK;
			return answer;
		}
		catch (UdsException ex) {
			status = ex.getStatus();
			throw ex;
		}
		finally {
			this.connections.exchanges().decrementAndGet();
			this.recorder.record(CallRecorder.NO_ROUTE, status, System.nanoTime() - startedAt);
		}
	}

	private ConnectDeadline connectDeadline(long startedAt, long deadline) {
		return ConnectDeadline.of(null, startedAt, deadline, this.connections.settings().connect());
	}

	private void acquirePermit(ConnectDeadline connectDeadline) {
		try {
			if (!this.permits.tryAcquire(connectDeadline.deadline() - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				throw CallFailures.noConnectionInTime(null, this.connections.settings().path(), null);
			}
		}
		catch (InterruptedException ex) {
			throw CallFailures.interrupted(null, this.connections.settings().path());
		}
	}

	/** Release a permit. A connection to be closed counts until it is closed. */
	private void releasePermit(boolean kept) {
		if (kept) {
			this.permits.release();
		}
		else {
			this.connections.afterDiscards(this.permits::release);
		}
	}

	/**
	 * Decode an answer: a failure to do so must not read like that of a message that was
	 * not sent.
	 */
	private Object decode(Frame answer, Type type) {
		if (answer instanceof InvalidFrame invalid && invalid.status() == Status.RESOURCE_EXHAUSTED) {
			throw new UdsRemoteException(invalid.status(), "The answer was not taken: " + invalid.message(), null,
					this.connections.settings().path());
		}
		return this.connections.codec().decode(answer, type);
	}

	private Frame exchange(EncodedFrame frame, ConnectDeadline connectDeadline) {
		for (int attempt = 0;; attempt++) {
			ClientSession pooled = this.connections.takeIdle();
			Frame answer = (pooled != null) ? exchange(pooled, () -> pooled.askAgain(frame), connectDeadline)
					: exchangeFirst(frame, connectDeadline);
			if (answer != null) {
				return answer;
			}
			if (pooled == null) {
				long now = System.nanoTime();
				if (now - connectDeadline.giveUp() >= 0) {
					throw new UdsUnavailableException("The server closes its connections at once: "
							+ ClientSession.SILENT_SERVERS + "; nothing was sent", null,
							this.connections.settings().path(), null);
				}
				this.connections.backOff(attempt, connectDeadline.giveUp());
			}
		}
	}

	private @Nullable Frame exchangeFirst(EncodedFrame frame, ConnectDeadline connectDeadline) {
		ClientSession client = this.connections.connect(connectDeadline, true);
		return exchange(client, () -> client.askFirst(frame), connectDeadline);
	}

	/**
	 * Make an exchange on a connection, which is then closed or given back.
	 * @return the answer, or {@code null} if nothing was sent and nothing will be
	 */
	private @Nullable Frame exchange(ClientSession client, Runnable ask, ConnectDeadline connectDeadline) {
		LoopSession session = client.session();
		boolean reusable = false;
		try {
			ask.run();
			Frame answer = session
				.receiveFrame(Duration.ofNanos(Math.max(0, connectDeadline.deadline() - System.nanoTime())));
			if (answer != null) {
				reusable = this.connections.settings().keepAlive();
				return answer;
			}
			if (!session.isOver()) {
				throw new UdsDeadlineExceededException("No answer came in time; the message may have been received",
						null, this.connections.settings().path(), null);
			}
			if (isUnsent(client, connectDeadline.deadline())) {
				return null;
			}
			throw lost(session);
		}
		finally {
			if (reusable) {
				this.connections.giveBack(client);
			}
			else {
				client.discard();
			}
		}
	}

	private UdsException lost(LoopSession session) {
		String path = this.connections.settings().path();
		if (session.connection().closeReason() == CloseReason.PROTOCOL_ERROR) {
			Throwable cause = session.connection().closeCause();
			return new UdsProtocolException(
					"The answer was not taken: " + ((cause != null) ? cause.getMessage() : session.describeEnd()), null,
					path, cause);
		}
		return new UdsConnectionLostException(
				"The connection was closed (" + session.describeEnd()
						+ ") before the answer came; the message may have been received",
				null, path, session.connection().closeCause());
	}

	/** Return whether the kernel took nothing of a message, and never will. */
	private static boolean isUnsent(ClientSession client, long deadline) {
		LoopConnection connection = client.session().connection();
		connection.finish(CloseReason.SESSION_CLOSED);
		long left = Math.min(SETTLE_NANOS, deadline - System.nanoTime());
		boolean settled = false;
		try {
			settled = connection.awaitWritten(left);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		long position = client.position();
		return position < 0 || (settled && connection.isUnsent(position));
	}

}
