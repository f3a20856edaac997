package io.github.udsboot.listener;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.connection.Acceptor;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.guard.FailureThrottle;
import io.github.udsboot.guard.LogThrottle;
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
import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

/**
 * Everything that exists between a start and a stop of a listener container.
 */
final class RunningListener implements Acceptor.Handler, ConnectionListener {

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

	private final ListenerDrain drain;

	/** One for each kind of line, so that no peer hides what another one causes. */
	private final Map<RefusalReason, LogThrottle> refusals = throttles(RefusalReason.class);

	private final Map<CloseReason, LogThrottle> closings = throttles(CloseReason.class);

	private final FailureThrottle acceptFailures = FailureThrottle.warnings(logger);

	private final SocketWatchdog watchdog;

	/** Of the end, which the watchdog knows nothing of; written with the monitor. */
	private volatile @Nullable State ending;

	private RunningListener(UdsListenerOptions options, UdsRouter router, ListenerCollaborators collaborators,
			ListenerCounters counters, EventLoopGroup loops, UdsServerSocket server) {
		this.options = options;
		this.counters = counters;
		this.loops = loops;
		WireProtocol protocol = options.getProtocol();
		this.admission = new Admission(options.getName(), options.getAuthorizer(), options.getOwnUser(),
				options.getMaxConnections(), options.getMaxConnectionsPerUser());
		this.memory = new PeerMemory(options.getMemory(), options.getFrameLimits(), protocol instanceof MessageProtocol,
				this.admission::isOwnUser);
		this.shares = new PeerShares(options.getMaxHandlerThreads(), options.getMaxInFlight(),
				this.admission::isOwnUser);
		this.executors = new HandlerExecutors(options.getName(), options.getExecution(), options.getMaxHandlerThreads(),
				router, loops.handlerThreads(), collaborators.applicationExecutor());
		this.runner = new HandlerRunner(options.getName(), options.getMaxInFlight(), options.getMemory(), router,
				collaborators.recorder(), collaborators.interceptors(), this.executors);
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
		this.drain = new ListenerDrain(options, loops, new Unfinished());
		this.watchdog = new SocketWatchdog(options, server, (socket) -> loops.accept(socket, this));
		this.watchdog.start();
	}

	/**
	 * Bind and accept.
	 * @throws IOException if the address cannot be bound or a selector cannot be opened;
	 * nothing is left open after this or any other exception
	 */
	static RunningListener start(UdsListenerOptions options, UdsRouter router, ListenerCollaborators collaborators,
			ListenerCounters counters, ListenerBind bind) throws IOException {
		UdsTransport transport = UdsTransports.select(options.getTransport(), options.getAddress());
		EventLoopGroup loops = null;
		UdsServerSocket server = null;
		boolean started = false;
		try {
			server = bind.run(transport);
			loops = new EventLoopGroup("uds-" + options.getName(), transport, options.getEventLoops(),
					options.getMaxHandlerThreads(),
					new ConnectionLimits(options.getOutboundQueueSize(), clocks(options), options.getBusyPoll()));
			RunningListener run = new RunningListener(options, router, collaborators, counters, loops, server);
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

	private static <E extends Enum<E>> Map<E, LogThrottle> throttles(Class<E> kinds) {
		Map<E, LogThrottle> throttles = new EnumMap<>(kinds);
		for (E kind : kinds.getEnumConstants()) {
			throttles.put(kind, new LogThrottle());
		}
		return throttles;
	}

	private static <E extends Enum<E>> LogThrottle throttle(Map<E, LogThrottle> throttles, E kind) {
		return Objects.requireNonNull(throttles.get(kind));
	}

	@Override
	public void accepted(UdsSocket socket) {
		boolean taken = false;
		try {
			this.counters.countAccepted();
			taken = admit(socket);
		}
		finally {
			if (!taken) {
				socket.close();
			}
		}
	}

	private boolean admit(UdsSocket socket) {
		PeerCredentials peer;
		try {
			peer = socket.peerCredentials();
		}
		catch (IOException ex) {
			return refuse(socket, RefusalReason.NO_CREDENTIALS, "a peer without credentials");
		}
		FrameReader reader = this.options.getProtocol().newReader(Side.SERVER, this.memory.frameLimits(peer));
		RefusalReason refusal = this.admission.admit(peer);
		if (refusal != null) {
			return refuse(socket, refusal, peer);
		}
		MemoryAccount account = this.memory.open(peer);
		if (account == null) {
			this.admission.takeBack(peer);
			return refuse(socket, RefusalReason.MEMORY, peer);
		}
		LoopConnection connection = connection(socket, peer, reader, account);
		if (this.sessions == null) {
			this.admission.expectFirstFrame(connection);
		}
		return true;
	}

	private LoopConnection connection(UdsSocket socket, PeerCredentials peer, FrameReader reader,
			MemoryAccount account) {
		boolean made = false;
		PeerShare share = this.shares.open(peer);
		try {
			LoopConnection connection = this.loops.add(socket, peer, reader,
					(added) -> (this.sessions != null) ? this.sessions.newSession(added, share)
							: Objects.requireNonNull(this.dispatcher).newConnection(added, share),
					account, share.threads());
			made = true;
			return connection;
		}
		finally {
			if (!made) {
				this.shares.closed(share.user());
				account.close();
				this.admission.takeBack(peer);
			}
		}
	}

	/**
	 * Refuse a connection. Return whether the socket was taken over, in order to tell the
	 * peer.
	 */
	private boolean refuse(UdsSocket socket, RefusalReason refusal, Object peer) {
		this.counters.count(refusal);
		throttle(this.refusals, refusal).log(logger::warn,
				() -> "Listener '" + this.options.getName() + "' refuses a connection from " + peer + ": " + refusal);
		EncodedFrame reason = switch (refusal) {
			case UNAUTHORIZED -> encodeRefusal(Status.PERMISSION_DENIED, "The server does not allow " + peer);
			case CONNECTIONS -> encodeRefusal(Status.RESOURCE_EXHAUSTED,
					"The server takes no more than " + this.admission.maxConnections() + " connections");
			case CONNECTIONS_OF_USER ->
				encodeRefusal(Status.RESOURCE_EXHAUSTED, "The server takes no more connections from " + peer);
			case MEMORY -> encodeRefusal(Status.RESOURCE_EXHAUSTED, "The server has no memory for another connection");
			case NO_CREDENTIALS -> encodeRefusal(Status.UNAUTHENTICATED, "The server cannot tell who the peer is");
		};
		if (reason != null) {
			this.loops.refuse(socket, reason, this.admission.maxRefused());
		}
		return reason != null;
	}

	private @Nullable EncodedFrame encodeRefusal(Status status, String message) {
		return this.options.getProtocol().encodeRefusal(status, message + "; nothing of the connection was read");
	}

	@Override
	public void lost(Throwable cause) {
		this.counters.countAcceptFailure();
		this.acceptFailures.log("Listener '" + this.options.getName() + "' closed a connection that it could not take",
				cause);
	}

	@Override
	public void failed(Throwable cause) {
		this.counters.countAcceptFailure();
		this.acceptFailures.log(
				"Listener '" + this.options.getName() + "' cannot accept connections now and tries again in 100 ms",
				cause);
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
			case PROTOCOL_ERROR, FRAME_TIMEOUT, STALLED, UNRESPONSIVE, EVICTED, MEMORY ->
				throttle(this.closings, reason).log(logger::warn, text);
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
	 * Tell session listeners of the ends for which no thread was left. Call with no lock
	 * held.
	 */
	void tellOfEnds() {
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

	/** What a drain waits for. */
	private final class Unfinished implements ListenerDrain.UnderWay {

		@Override
		public int calls() {
			return RunningListener.this.runner.inFlight();
		}

		@Override
		public int streams() {
			RequestDispatcher dispatcher = RunningListener.this.dispatcher;
			return (dispatcher != null) ? dispatcher.openStreams().get() : 0;
		}

		@Override
		public int sessions() {
			return (RunningListener.this.sessions != null) ? RunningListener.this.admission.connections() : 0;
		}

		@Override
		public Set<String> handlersAtWork() {
			return RunningListener.this.runner.unfinished().lingeringRoutes();
		}

		@Override
		public boolean isNothing() {
			SessionContext sessions = RunningListener.this.sessions;
			return RunningListener.this.admission.connections() == 0 && RunningListener.this.runner.isIdle()
					&& (sessions == null || sessions.notifier().isQuiet());
		}

		@Override
		public void beginNoMore(boolean calls) {
			if (calls) {
				RunningListener.this.runner.unfinished().end();
			}
			if (RunningListener.this.sessions != null) {
				RunningListener.this.sessions.endConversations();
			}
			if (RunningListener.this.dispatcher != null) {
				RunningListener.this.dispatcher.endStreams();
			}
			RunningListener.this.runner.unfinished().cutOffOrphans(calls);
		}

	}

}
