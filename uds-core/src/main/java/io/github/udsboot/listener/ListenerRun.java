package io.github.udsboot.listener;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

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
 * All that exists between a start and a stop of a listener container.
 */
final class ListenerRun implements Acceptor.Handler, RequestDispatcher.ConnectionEvents {

	private static final Log logger = LogFactory.getLog(UdsListenerContainer.class);

	private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);

	private final UdsListenerOptions options;

	private final ListenerCounters counters;

	private final UdsTransport transport;

	private final EventLoopGroup loops;

	private final Admission admission;

	private final RequestDispatcher dispatcher;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final CompletableFuture<Void> drained = new CompletableFuture<>();

	private volatile State state = State.RUNNING;

	private volatile boolean accepting = true;

	private volatile long drainingSince;

	private UdsServerSocket server;

	private Acceptor acceptor;

	ListenerRun(UdsListenerOptions options, UdsRouter router, CallRecorder recorder,
			@Nullable Executor applicationExecutor, ListenerCounters counters) throws IOException {
		this.options = options;
		this.counters = counters;
		this.transport = UdsTransports.select(this.options.getTransport(), this.options.getAddress());
		this.admission = new Admission(options);
		this.server = this.transport.bind(this.options.getAddress(), this.options.getBindOptions());
		try {
			this.loops = new EventLoopGroup("uds-" + this.options.getName(), this.transport,
					this.options.getEventLoops(), this.options.getMaxHandlerThreads(), new ConnectionLimits(
							this.options.getOutboundQueueSize(), this.options.getClocks(), this.options.getBusyPoll()));
		}
		catch (IOException ex) {
			this.server.close();
			throw ex;
		}
		HandlerExecutors executors = new HandlerExecutors(options, this.loops.handlerThreads(), applicationExecutor);
		this.dispatcher = new RequestDispatcher(options, router, recorder, executors, this);
		try {
			executors.prepare(this.options.getExecution());
		}
		catch (UnsupportedOperationException ex) {
			this.loops.close();
			this.server.close();
			throw ex;
		}
		this.acceptor = this.loops.accept(this.server, this);
		startWatchdog();
		logger.info("Listener '" + this.options.getName() + "' accepts " + this.options.getProtocol().name()
				+ " connections on '" + this.options.getAddress() + "' (" + this.transport.name() + ")");
	}

	/**
	 * Watches the socket file and, not being a daemon, keeps the application alive.
	 */
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
		}, "uds-" + this.options.getName() + "-watchdog");
		watchdog.setDaemon(false);
		watchdog.start();
	}

	private synchronized void checkAddress() {
		if (this.state == State.DRAINING || this.state == State.STOPPED) {
			return;
		}
		switch (this.server.addressState()) {
			case OURS -> keep(State.RUNNING);
			case GONE -> rebind();
			case FOREIGN -> {
				if (this.state != State.ADDRESS_FOREIGN) {
					this.state = State.ADDRESS_FOREIGN;
					logger.error("Another file stands at '" + this.server.address()
							+ "', where the socket of listener '" + this.options.getName()
							+ "' was: no client can connect. The file is left alone; remove it, or restart");
				}
			}
		}
	}

	private void keep(State state) {
		this.state = state;
	}

	private void rebind() {
		if (this.state != State.ADDRESS_GONE) {
			this.state = State.ADDRESS_GONE;
			logger.warn("The socket file '" + this.server.address() + "' of listener '" + this.options.getName()
					+ "' was removed; binding it again");
		}
		try {
			// those in the backlog of the old socket are as welcome as ever
			this.acceptor.stopAccepting().get(WATCH_INTERVAL.toSeconds(), TimeUnit.SECONDS);
			this.server.close();
			this.server = this.transport.bind(this.options.getAddress(), this.options.getBindOptions());
			this.acceptor = this.loops.accept(this.server, this);
			this.state = State.RUNNING;
		}
		catch (BindFailedException ex) {
			logger.error("'" + this.options.getAddress() + "' cannot be bound again: " + ex.getMessage() + ". "
					+ ex.remedy());
		}
		catch (InterruptedException | ExecutionException | TimeoutException ex) {
			logger.debug("The old socket is still busy", ex);
		}
	}

	@Override
	public void accepted(UdsSocket socket) {
		this.counters.countAccepted();
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
		LoopConnection connection = this.loops.add(socket, peer,
				this.options.getProtocol().newReader(Side.SERVER, this.options.getFrameLimits()), this.dispatcher);
		this.admission.expectFirstFrame(connection);
	}

	private void refuse(UdsSocket socket, Refusal refusal, String peer) {
		socket.close();
		this.counters.count(refusal);
		logger.warn("Listener '" + this.options.getName() + "' refuses a connection from " + peer + ": " + refusal);
	}

	@Override
	public void failed(IOException cause) {
		this.counters.countAcceptFailure();
		logger.warn("Listener '" + this.options.getName()
				+ "' cannot accept connections now and tries again in 100 ms: " + cause.getMessage());
	}

	@Override
	public void proven(LoopConnection connection) {
		this.admission.proven(connection);
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		this.admission.closed(connection);
		this.counters.count(reason);
		log(connection, reason, cause);
		completeDrain();
	}

	private void log(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		String text = "Listener '" + this.options.getName() + "' closed the connection of " + connection.peer() + ": "
				+ reason + ((cause != null && cause.getMessage() != null) ? ", " + cause.getMessage() : "");
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
			this.drainingSince = System.nanoTime();
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

	/**
	 * Drain and wait for the end of it.
	 * @param timeout how long to wait, counted from the beginning of the drain, which may
	 * have been some time ago
	 */
	void awaitDrain(Duration timeout) {
		try {
			CompletableFuture<Void> drained = drain();
			long left = timeout.toNanos() - (System.nanoTime() - this.drainingSince);
			drained.get(Math.max(0, left), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			logger.warn("Listener '" + this.options.getName() + "' stops with " + this.dispatcher.inFlight()
					+ " requests unanswered after " + timeout);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	synchronized void close() {
		this.state = State.STOPPED;
		this.loops.close();
		this.server.close();
		this.stopped.countDown();
		logger.info("Listener '" + this.options.getName() + "' has stopped");
	}

	UdsListenerStats stats(String name, String address) {
		return new UdsListenerStats(name, address, this.state, this.admission.connections(), this.counters.accepted(),
				this.counters.refused(), this.counters.closed(), this.counters.acceptFailures(),
				this.dispatcher.inFlight(), this.loops.handlerThreads().running(), this.loops.handovers());
	}

}
