package io.github.udsboot.listener;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.listener.admission.Admission;
import io.github.udsboot.listener.admission.PeerMemory;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.admission.PeerShares;
import io.github.udsboot.listener.dispatch.ConnectionListener;
import io.github.udsboot.listener.dispatch.HandlerExecutors;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.ListenerLog;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.listener.rpc.KeepAlive;
import io.github.udsboot.listener.rpc.RequestDispatcher;
import io.github.udsboot.listener.session.SessionContext;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

/**
 * Everything that exists between a start and a stop of a listener container. Thread-safe.
 */
final class RunningListener implements ConnectionListener {

	private static final Log logger = ListenerLog.LOG;

	private final UdsListenerOptions options;

	private final ListenerCounters counters;

	private final EventLoopGroup loops;

	private final Admission admission;

	private final PeerMemory memory;

	private final PeerShares shares;

	private final HandlerExecutors executors;

	private final HandlerRunner runner;

	/** Takes the frames of all connections, or {@code null} if each has a session. */
	private final @Nullable RequestDispatcher dispatcher;

	private final @Nullable SessionContext sessions;

	private final RefusalNotifier refusals;

	private final ListenerDrain drain;

	private final LogThrottles<CloseReason> closings = new LogThrottles<>(CloseReason.class);

	private final SocketWatchdog watchdog;

	/** Of the end, which the watchdog knows nothing of; written with the monitor. */
	private volatile @Nullable State ending;

	private RunningListener(UdsListenerOptions options, PeerAuthorizer authorizer, UdsRouter router,
			ListenerCollaborators collaborators, ListenerCounters counters, EventLoopGroup loops,
			UdsServerSocket server) {
		this.options = options;
		this.counters = counters;
		this.loops = loops;
		WireProtocol protocol = options.getProtocol();
		this.admission = new Admission(options.getName(), options.getAddress().toString(), authorizer,
				options.getOwnUser(), options.getMaxConnections(), options.getMaxConnectionsPerUser());
		this.memory = new PeerMemory(options.getMemory(), options.getFrameLimits(), protocol instanceof MessageProtocol,
				this.admission::isOwnUser);
		this.shares = new PeerShares(options.getMaxHandlerThreads(), options.getMaxInFlight(),
				this.admission::isOwnUser);
		this.executors = new HandlerExecutors(options.getName(), options.getExecution(), options.getMaxHandlerThreads(),
				router, loops.handlerThreads(), collaborators.applicationExecutor());
		this.runner = new HandlerRunner(options.getName(), options.getMaxInFlight(), options.getMemory(), router,
				collaborators.recorder(), collaborators.interceptors(), collaborators.contexts(), this.executors);
		if (protocol instanceof MessageProtocol messages) {
			PayloadConverter converter = collaborators.payloadConverter();
			this.sessions = new SessionContext(
					new SessionContext.Settings(messages, options.getFrameLimits(), options.getAddress().toString(),
							options.getMaxInFlightPerConnection(), options.getKeepAlive(), options.getGreeting()),
					(converter != null) ? converter : PayloadConverter.defaults(), collaborators.sessionListeners(),
					this.runner, this);
			this.dispatcher = null;
		}
		else {
			this.sessions = null;
			this.dispatcher = new RequestDispatcher(this.runner, protocol.newWriter(options.getFrameLimits()),
					options.getMaxInFlightPerConnection(),
					new KeepAlive.Intervals(options.getPingInterval(), options.getPingTimeout()), this);
		}
		this.drain = new ListenerDrain(options, loops,
				new WorkUnderWay(this.admission, this.runner, this.dispatcher, this.sessions));
		this.refusals = new RefusalNotifier(options.getName(), options.getAddress().toString(),
				collaborators.refusalListeners(), loops.handlerThreads(), loops::executeAfter, System::nanoTime);
		AcceptHandler accepting = new AcceptHandler(options.getName(), protocol, counters, loops, this.admission,
				this.memory, this.shares, this::newHandler, this.sessions == null, this.refusals);
		this.watchdog = new SocketWatchdog(options, server, (socket) -> loops.accept(socket, accepting));
		this.watchdog.start();
	}

	/**
	 * Bind and accept.
	 * @throws IOException if the address cannot be bound or a selector cannot be opened;
	 * nothing is left open after this or any other exception
	 */
	static RunningListener start(UdsListenerOptions options, PeerAuthorizer authorizer, UdsRouter router,
			ListenerCollaborators collaborators, ListenerCounters counters, ListenerBind bind) throws IOException {
		UdsTransport transport = UdsTransports.select(options.getTransport(), options.getAddress());
		EventLoopGroup loops = null;
		UdsServerSocket server = null;
		boolean started = false;
		try {
			server = bind.run(transport);
			loops = new EventLoopGroup("uds-" + options.getName(), transport, options.getEventLoops(),
					options.getMaxHandlerThreads(),
					new ConnectionLimits(options.getOutboundQueueSize(), clocks(options), options.getBusyPoll()));
			RunningListener run = new RunningListener(options, authorizer, router, collaborators, counters, loops,
					server);
			started = true;
			logger.info("Listener '" + options.getName() + "' accepts " + options.getProtocol().name()
					+ " connections on " + options.getAddress().quoted() + " (" + transport.name() + ")");
			return run;
		}
		finally {
			if (!started) {
				if (loops != null) {
					loops.close();
				}
				if (server != null) {
					server.close();
				}
			}
		}
	}

	/**
	 * Return the clocks, with none for the first frame if peers may only listen for
	 * pushes and never send one.
	 */
	private static ConnectionClocks clocks(UdsListenerOptions options) {
		ConnectionClocks clocks = options.getClocks();
		return (options.getProtocol() instanceof MessageProtocol) ? new ConnectionClocks(Duration.ZERO, clocks.frame(),
				clocks.stall(), clocks.streamStall(), clocks.idle()) : clocks;
	}

	private ConnectionHandler newHandler(LoopConnection connection, PeerShare share) {
		return (this.sessions != null) ? this.sessions.newSession(connection, share)
				: Objects.requireNonNull(this.dispatcher).newConnection(connection, share);
	}

	/**
	 * Let another authorizer decide, and close the connections of peers that it does not
	 * allow. A connect that the previous one is deciding on right now is over before the
	 * first loop, on which it runs, looks at the connections.
	 */
	void setAuthorizer(PeerAuthorizer authorizer) {
		this.admission.setAuthorizer(authorizer);
		this.loops.execute(() -> this.loops.forEachConnection((connection) -> {
			if (!this.admission.isAuthorized(connection.peer())) {
				connection.close(CloseReason.UNAUTHORIZED, null);
			}
		}));
	}

	@Override
	public void proven(LoopConnection connection) {
		this.admission.proven(connection);
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		if (connection.handler() instanceof ServedConnection served) {
			this.shares.closed(served.share().user());
		}
		this.admission.closed(connection);
		this.counters.count(reason);
		try {
			log(connection, reason, cause);
		}
		finally {
			// a stop may be waiting for just this connection
			this.drain.check();
		}
	}

	@Override
	public void told() {
		this.drain.check();
	}

	@Override
	public void cutOff(ServedConnection.Work work) {
		this.drain.cutOff(work);
	}

	private void log(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		Supplier<String> text = () -> "Listener '" + this.options.getName() + "' closed the connection of "
				+ connection.peer() + ": " + reason
				+ ((cause != null && cause.getMessage() != null) ? ", " + cause.getMessage() : "");
		switch (reason) {
			case PROTOCOL_ERROR, FRAME_TIMEOUT, STALLED, UNRESPONSIVE, UNAUTHORIZED, EVICTED, MEMORY ->
				this.closings.of(reason).log(logger::warn, text);
			case PEER_CLOSED, STOPPED, IDLE, IO_ERROR, TRUNCATED, FIRST_FRAME_TIMEOUT, SESSION_CLOSED -> {
				if (logger.isDebugEnabled()) {
					logger.debug(text.get());
				}
			}
		}
	}

	/**
	 * Begin to drain, unless already begun.
	 * @return completes when nothing is under way any more; must not be completed by
	 * others
	 */
	synchronized CompletableFuture<Void> drain() {
		if (this.ending == null) {
			this.ending = State.DRAINING;
			this.runner.unfinished().drain(this.drain);
			this.drain.begin(this.watchdog.withdraw());
		}
		return this.drain.done();
	}

	/** Drain and wait until that is done. */
	void awaitDrain() {
		drain();
		this.drain.await();
	}

	/**
	 * Close everything. Throws nothing: what cannot be closed must not keep the rest from
	 * being closed.
	 */
	synchronized void close() {
		this.ending = State.STOPPED;
		this.watchdog.stopBinding();
		this.runner.unfinished().end();
		close(this.drain::close);
		close(this.executors::close);
		close(this.loops::close);
		close(this.watchdog::close);
		this.watchdog.end();
		close(this.drain::closed);
	}

	private void close(Runnable part) {
		try {
			part.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("A part of listener '" + this.options.getName() + "' could not be closed", ex);
		}
	}

	/**
	 * Tell session listeners of the ends for which no thread was left, and others of the
	 * last refused connections. Call with no lock held.
	 */
	void tellOfEnds() {
		this.refusals.stop();
		if (this.sessions != null) {
			this.sessions.notifier().stop();
		}
	}

	UdsListenerStats stats(String name, String address) {
		State ending = this.ending;
		return new UdsListenerStats(name, address, (ending != null) ? ending : this.watchdog.state(),
				this.admission.connections(), this.counters.accepted(), this.counters.refused(), this.counters.closed(),
				this.counters.acceptFailures(), this.runner.inFlight(), this.loops.handlerThreads().running(),
				this.loops.handovers(), this.memory.used(), this.memory.limit());
	}

	/**
	 * Check whether clients can connect now, without connecting.
	 * @return the obstacle, or {@code null}
	 */
	@Nullable String findObstacle() {
		return this.watchdog.findObstacle();
	}

}
