package io.github.udsboot.listener;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.Acceptor;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.UdsListenerStats.Refusal;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

/**
 * Listens on a Unix domain socket and dispatches requests to handlers.
 *
 * <p>
 * Starting binds the socket file safely, and fails with a
 * {@link UdsListenerStartException} that carries a {@link BindFailedException}. Stopping
 * withdraws the file, answers what was accepted, and closes. While it runs, a watchdog
 * binds the socket again when somebody removes its file.
 */
public final class UdsListenerContainer implements SmartLifecycle {

	/** The phase of the container: that of Boot's web servers. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 2048;

	private static final Log logger = LogFactory.getLog(UdsListenerContainer.class);

	private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);

	private final UdsListenerOptions options;

	private final UdsRouter router;

	private final CallRecorder recorder;

	private final @Nullable Executor applicationExecutor;

	private final LongAdder accepted = new LongAdder();

	private final LongAdder acceptFailures = new LongAdder();

	private final Map<Refusal, AtomicLong> refused = new EnumMap<>(Refusal.class);

	private final Map<CloseReason, AtomicLong> closed = new EnumMap<>(CloseReason.class);

	private volatile @Nullable Run run;

	/**
	 * Create a container.
	 * @param options the listener's options
	 * @param router finds the handlers
	 * @param recorder told about every call
	 * @param applicationExecutor runs handlers that ask for a pool, or {@code null} to use
	 * threads of the listener's own
	 */
	public UdsListenerContainer(UdsListenerOptions options, UdsRouter router, CallRecorder recorder,
			@Nullable Executor applicationExecutor) {
		this.options = options;
		this.router = router;
		this.recorder = recorder;
		this.applicationExecutor = applicationExecutor;
		for (Refusal refusal : Refusal.values()) {
			this.refused.put(refusal, new AtomicLong());
		}
		for (CloseReason reason : CloseReason.values()) {
			this.closed.put(reason, new AtomicLong());
		}
	}

	/**
	 * Return the options.
	 * @return the options; changes have an effect at the next start
	 */
	public UdsListenerOptions getOptions() {
		return this.options;
	}

	@Override
	public synchronized void start() {
		if (this.run != null) {
			return;
		}
		if (this.router.isEmpty()) {
			logger.warn("Listener '" + this.options.getName() + "' has no @UdsHandler and is not started: '"
					+ this.options.getAddress() + "' stays unbound");
			return;
		}
		try {
			this.run = new Run();
		}
		catch (IOException | UnsupportedOperationException | IllegalArgumentException ex) {
			throw new UdsListenerStartException("Listener '" + this.options.getName() + "' cannot start on '"
					+ this.options.getAddress() + "': " + ex.getMessage(), ex);
		}
	}

	@Override
	public void stop() {
		Run run = this.run;
		if (run != null) {
			run.drainAndClose(this.options.getDrainTimeout());
		}
	}

	@Override
	public void stop(Runnable callback) {
		Thread stopper = new Thread(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		}, "uds-" + this.options.getName() + "-stop");
		stopper.start();
	}

	/**
	 * Withdraw the socket file, take no more requests, and answer those that were
	 * accepted. The container stays in existence until it is stopped, which after the end
	 * of the drain takes no time.
	 * @return completes when everything accepted is answered and all connections are
	 * closed
	 */
	public CompletableFuture<Void> drain() {
		Run run = this.run;
		return (run != null) ? run.drain() : CompletableFuture.completedFuture(null);
	}

	@Override
	public boolean isRunning() {
		return this.run != null;
	}

	@Override
	public boolean isAutoStartup() {
		return this.options.isAutoStartup();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Return what the listener has done so far and does now.
	 * @return a snapshot
	 */
	public UdsListenerStats stats() {
		Run run = this.run;
		Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);
		this.refused.forEach((reason, count) -> refused.put(reason, count.get()));
		Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
		this.closed.forEach((reason, count) -> closed.put(reason, count.get()));
		return new UdsListenerStats(this.options.getName(), this.options.getAddress().toString(),
				(run != null) ? run.state : State.STOPPED, (run != null) ? run.admission.connections() : 0,
				this.accepted.sum(), Map.copyOf(refused), Map.copyOf(closed), this.acceptFailures.sum(),
				(run != null) ? run.dispatcher.inFlight() : 0,
				(run != null) ? run.loops.handlerThreads().running() : 0, (run != null) ? run.loops.handovers() : 0);
	}

	/**
	 * All that exists between a start and a stop.
	 */
	private final class Run implements Acceptor.Handler, RequestDispatcher.ConnectionEvents {

		private final UdsTransport transport;

		private final EventLoopGroup loops;

		private final Admission admission;

		private final RequestDispatcher dispatcher;

		private final CountDownLatch stopped = new CountDownLatch(1);

		private final CompletableFuture<Void> drained = new CompletableFuture<>();

		private volatile State state = State.RUNNING;

		private volatile boolean accepting = true;

		private UdsServerSocket server;

		private Acceptor acceptor;

		Run() throws IOException {
			UdsListenerOptions options = UdsListenerContainer.this.options;
			this.transport = UdsTransports.select(options.getTransport(), options.getAddress());
			this.admission = new Admission(options);
			this.server = this.transport.bind(options.getAddress(), options.getBindOptions());
			try {
				this.loops = new EventLoopGroup("uds-" + options.getName(), this.transport, options.getEventLoops(),
						options.getMaxHandlerThreads(), new ConnectionLimits(options.getOutboundQueueSize(),
								options.getClocks(), options.getBusyPoll()));
			}
			catch (IOException ex) {
				this.server.close();
				throw ex;
			}
			HandlerExecutors executors = new HandlerExecutors(options, this.loops.handlerThreads(),
					UdsListenerContainer.this.applicationExecutor);
			this.dispatcher = new RequestDispatcher(options, UdsListenerContainer.this.router,
					UdsListenerContainer.this.recorder, executors, this);
			try {
				executors.prepare(options.getExecution());
			}
			catch (UnsupportedOperationException ex) {
				this.loops.close();
				this.server.close();
				throw ex;
			}
			this.acceptor = this.loops.accept(this.server, this);
			startWatchdog();
			logger.info("Listener '" + options.getName() + "' accepts " + options.getProtocol().name()
					+ " connections on '" + options.getAddress() + "' (" + this.transport.name() + ")");
		}

		/** Watches the socket file and, not being a daemon, keeps the application alive. */
		private void startWatchdog() {
			Thread watchdog = new Thread(() -> {
				boolean done = false;
				while (!done) {
					try {
						done = this.stopped.await(WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
						if (!done) {
							checkAddress();
						}
					}
					catch (InterruptedException ex) {
						// nobody interrupts this thread for a reason; the latch ends it
					}
				}
			}, "uds-" + UdsListenerContainer.this.options.getName() + "-watchdog");
			watchdog.setDaemon(false);
			watchdog.start();
		}

		private synchronized void checkAddress() {
			if (this.state == State.DRAINING || this.state == State.STOPPED) {
				return;
			}
			switch (this.server.addressState()) {
				case OURS -> this.state = State.RUNNING;
				case GONE -> rebind();
				case FOREIGN -> {
					if (this.state != State.ADDRESS_FOREIGN) {
						this.state = State.ADDRESS_FOREIGN;
						logger.error("Another file stands at '" + this.server.address()
								+ "', where the socket of listener '" + UdsListenerContainer.this.options.getName()
								+ "' was: no client can connect. The file is left alone; remove it, or restart");
					}
				}
			}
		}

		private void rebind() {
			UdsListenerOptions options = UdsListenerContainer.this.options;
			if (this.state != State.ADDRESS_GONE) {
				this.state = State.ADDRESS_GONE;
				logger.warn("The socket file '" + this.server.address() + "' of listener '" + options.getName()
						+ "' was removed; binding it again");
			}
			try {
				// those in the backlog of the old socket are as welcome as ever
				this.acceptor.stopAccepting().get(WATCH_INTERVAL.toSeconds(), TimeUnit.SECONDS);
				this.server.close();
				this.server = this.transport.bind(options.getAddress(), options.getBindOptions());
				this.acceptor = this.loops.accept(this.server, this);
				this.state = State.RUNNING;
			}
			catch (BindFailedException ex) {
				logger.error("'" + options.getAddress() + "' cannot be bound again: " + ex.getMessage() + ". "
						+ ex.remedy());
			}
			catch (InterruptedException | ExecutionException | TimeoutException ex) {
				logger.debug("The old socket is still busy", ex);
			}
		}

		@Override
		public void accepted(UdsSocket socket) {
			UdsListenerContainer.this.accepted.increment();
			PeerCredentials peer;
			try {
				peer = socket.peerCredentials();
			}
			catch (IOException ex) {
				refuse(socket, Refusal.NO_CREDENTIALS, "a peer without credentials");
				return;
			}
			Refusal refusal = this.admission.admit(peer);
			if (refusal != null) {
				refuse(socket, refusal, peer.toString());
				return;
			}
			UdsListenerOptions options = UdsListenerContainer.this.options;
			LoopConnection connection = this.loops.add(socket, peer,
					options.getProtocol().newReader(Side.SERVER, options.getFrameLimits()), this.dispatcher);
			this.admission.expectFirstFrame(connection);
		}

		private void refuse(UdsSocket socket, Refusal refusal, String peer) {
			socket.close();
			count(UdsListenerContainer.this.refused, refusal);
			logger.warn("Listener '" + UdsListenerContainer.this.options.getName() + "' refuses a connection from "
					+ peer + ": " + refusal);
		}

		@Override
		public void failed(IOException cause) {
			UdsListenerContainer.this.acceptFailures.increment();
			logger.warn("Listener '" + UdsListenerContainer.this.options.getName()
					+ "' cannot accept connections now and tries again in 100 ms: " + cause.getMessage());
		}

		@Override
		public void proven(LoopConnection connection) {
			this.admission.proven(connection);
		}

		@Override
		public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
			this.admission.closed(connection);
			count(UdsListenerContainer.this.closed, reason);
			log(connection, reason, cause);
			completeDrain();
		}

		private void log(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
			String text = "Listener '" + UdsListenerContainer.this.options.getName() + "' closed the connection of "
					+ connection.peer() + ": " + reason
					+ ((cause != null && cause.getMessage() != null) ? ", " + cause.getMessage() : "");
			switch (reason) {
				case PROTOCOL_ERROR, FRAME_TIMEOUT, STALLED, EVICTED -> logger.warn(text);
				case PEER_CLOSED, STOPPED, IDLE, IO_ERROR, TRUNCATED, FIRST_FRAME_TIMEOUT -> logger.debug(text);
			}
		}

		CompletableFuture<Void> drain() {
			synchronized (this) {
				if (this.state == State.DRAINING || this.state == State.STOPPED) {
					return this.drained;
				}
				this.state = State.DRAINING;
				this.server.withdraw();
				this.acceptor.stopAccepting().thenRun(() -> {
					this.accepting = false;
					this.loops.drain();
					completeDrain();
				});
			}
			return this.drained;
		}

		private void completeDrain() {
			if (!this.accepting && this.admission.connections() == 0) {
				this.drained.complete(null);
			}
		}

		void drainAndClose(Duration timeout) {
			try {
				drain().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (TimeoutException ex) {
				logger.warn("Listener '" + UdsListenerContainer.this.options.getName() + "' stops with "
						+ this.dispatcher.inFlight() + " requests unanswered after " + timeout);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
			close();
		}

		private void close() {
			synchronized (UdsListenerContainer.this) {
				if (UdsListenerContainer.this.run != this) {
					return;
				}
				UdsListenerContainer.this.run = null;
			}
			synchronized (this) {
				this.state = State.STOPPED;
				this.loops.close();
				this.server.close();
			}
			this.stopped.countDown();
			logger.info("Listener '" + UdsListenerContainer.this.options.getName() + "' has stopped");
		}

	}

	private static <K> void count(Map<K, AtomicLong> counters, K key) {
		AtomicLong counter = counters.get(key);
		if (counter != null) {
			counter.incrementAndGet();
		}
	}

}
