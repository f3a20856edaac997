package io.github.udsboot.listener;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;

import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.listener.dispatch.ListenerLog;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.transport.BindFailedException;

/**
 * Listens on a Unix domain socket and dispatches requests to handlers.
 *
 * <p>
 * Starting binds the socket file safely, and fails with a
 * {@link UdsListenerStartException} that has a {@link BindFailedException} as its cause.
 * Stopping withdraws the file, answers what was accepted, and closes. While the container
 * runs, a watchdog binds the socket again if its file is removed. Thread-safe.
 *
 * <p>
 * One class, because each collaborator is a field and a setter whose Javadoc says when it
 * takes effect.
 */
public final class UdsListenerContainer implements SmartLifecycle {

	/** The phase of the container: that of Boot's web servers. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 2048;

	private static final Log logger = ListenerLog.LOG;

	private final UdsListenerOptions options;

	private final Supplier<UdsRouter> router;

	private final CallRecorder recorder;

	private final @Nullable Executor applicationExecutor;

	private final ListenerCounters counters = new ListenerCounters();

	private @Nullable PayloadConverter payloadConverter;

	private List<UdsSessionListener> sessionListeners = List.of();

	private List<UdsServerInterceptor> interceptors = List.of();

	private List<PeerContextFactory> peerContextFactories = List.of();

	private List<UdsConnectionRefusalListener> refusalListeners = List.of();

	private volatile @Nullable RunningListener run;

	/** Guards the next, and the authorizer of the options and of the run. */
	private final Object authorizing = new Object();

	/** How often the authorizer was changed. */
	private int authorizerChanges;

	/** The bind under way, during which {@link #start()} holds the monitor. */
	private volatile @Nullable ListenerBind bind;

	/** How often {@link #stop()} was called. */
	private final AtomicInteger stops = new AtomicInteger();

	/**
	 * Create a container.
	 * @param options the listener's options
	 * @param router finds the handlers
	 * @param recorder told about every call
	 * @param applicationExecutor runs handlers that ask for a pool, or {@code null} to
	 * use the listener's own threads
	 */
	public UdsListenerContainer(UdsListenerOptions options, UdsRouter router, CallRecorder recorder,
			@Nullable Executor applicationExecutor) {
		this(options, () -> router, recorder, applicationExecutor);
	}

	/**
	 * Create a container whose handlers are not known yet.
	 * @param options the listener's options
	 * @param router supplies the router that finds the handlers; called at every start,
	 * which fails with any exception thrown
	 * @param recorder told about every call
	 * @param applicationExecutor runs handlers that ask for a pool, or {@code null} to
	 * use the listener's own threads
	 */
	public UdsListenerContainer(UdsListenerOptions options, Supplier<UdsRouter> router, CallRecorder recorder,
			@Nullable Executor applicationExecutor) {
		this.options = options;
		this.router = router;
		this.recorder = recorder;
		this.applicationExecutor = applicationExecutor;
	}

	/**
	 * Return the options.
	 * @return the options; changes take effect at the next start
	 */
	public UdsListenerOptions getOptions() {
		return this.options;
	}

	/**
	 * Set the converter of messages that sessions send and receive, by default
	 * {@link PayloadConverter#defaults()}.
	 * @param payloadConverter the converter; takes effect at the next start
	 */
	public synchronized void setPayloadConverter(PayloadConverter payloadConverter) {
		this.payloadConverter = payloadConverter;
	}

	/**
	 * Set the listeners that are told when sessions open and close, by default none.
	 * @param sessionListeners the listeners, in the order in which they are told; takes
	 * effect at the next start
	 */
	public synchronized void setSessionListeners(List<? extends UdsSessionListener> sessionListeners) {
		this.sessionListeners = List.copyOf(sessionListeners);
	}

	/**
	 * Set the interceptors of the handlers, by default none.
	 * @param interceptors the interceptors, the outermost first; takes effect at the next
	 * start
	 */
	public synchronized void setInterceptors(List<? extends UdsServerInterceptor> interceptors) {
		this.interceptors = List.copyOf(interceptors);
	}

	/**
	 * Set what creates the contexts in which code of the application runs for a peer, by
	 * default nothing.
	 * @param peerContextFactories the factories, the outermost first; takes effect at the
	 * next start
	 */
	public synchronized void setPeerContextFactories(List<? extends PeerContextFactory> peerContextFactories) {
		this.peerContextFactories = List.copyOf(peerContextFactories);
	}

	/**
	 * Set the listeners that are told of refused connections, by default none.
	 * @param refusalListeners the listeners, in the order in which they are told; takes
	 * effect at the next start
	 */
	public synchronized void setRefusalListeners(List<? extends UdsConnectionRefusalListener> refusalListeners) {
		this.refusalListeners = List.copyOf(refusalListeners);
	}

	/**
	 * Set which of the peers admitted by the file's mode may stay. Takes effect at once:
	 * connects that follow are decided by it, and open connections whose peers it does
	 * not allow are soon closed, as if their peers had gone. May be called at any time,
	 * by any thread; the last call counts.
	 * @param authorizer the authorizer, or {@code null} for the default, as
	 * {@link UdsListenerOptions#getAuthorizer()} has it
	 * @throws IllegalArgumentException if the address is an abstract name and the
	 * authorizer is {@link PeerAuthorizer#acceptAll()}
	 */
	public void setAuthorizer(@Nullable PeerAuthorizer authorizer) {
		checkAuthorizer(authorizer);
		synchronized (this.authorizing) {
			this.options.setAuthorizer(authorizer);
			this.authorizerChanges++;
			RunningListener run = this.run;
			if (run != null) {
				run.setAuthorizer(this.options.getAuthorizer());
			}
		}
	}

	@Override
	public synchronized void start() {
		if (this.run != null) {
			return;
		}
		int stops = this.stops.get();
		UdsRouter router = this.router.get();
		if (router.isEmpty()) {
			logger.warn("Listener '" + this.options.getName() + "' has no @UdsHandler and is not started: '"
					+ this.options.getAddress() + "' stays unbound");
			return;
		}
		HandlerVerifier.check(router, this.options);
		try {
			checkOptions();
			ListenerBind bind = new ListenerBind(this.options);
			this.bind = bind;
			// first the bind, then the check: stop() uses the reverse order
			if (this.stops.get() != stops) {
				bind.abandon();
			}
			start(router, bind);
		}
		catch (IOException | UnsupportedOperationException | IllegalArgumentException | IllegalStateException ex) {
			throw new UdsListenerStartException("Listener '" + this.options.getName() + "' cannot start on '"
					+ this.options.getAddress() + "': " + ex.getMessage(), ex);
		}
		finally {
			this.bind = null;
		}
	}

	private void start(UdsRouter router, ListenerBind bind) throws IOException {
		PeerAuthorizer authorizer;
		int changes;
		synchronized (this.authorizing) {
			authorizer = this.options.getAuthorizer();
			changes = this.authorizerChanges;
		}
		RunningListener run = RunningListener.start(this.options, authorizer, router,
				new ListenerCollaborators(this.recorder, this.applicationExecutor, this.payloadConverter,
						this.sessionListeners, this.interceptors, this.peerContextFactories, this.refusalListeners),
				this.counters, bind);
		synchronized (this.authorizing) {
			this.run = run;
			if (this.authorizerChanges != changes) {
				run.setAuthorizer(this.options.getAuthorizer());
			}
		}
	}

	private void checkOptions() {
		boolean messages = this.options.getProtocol() instanceof MessageProtocol;
		Assert.isTrue(messages || (this.options.getGreeting() == null && this.options.getKeepAlive() == null),
				() -> "The protocol '" + this.options.getProtocol().name()
						+ "' has neither a greeting nor connections for one exchange: leave 'greeting' and "
						+ "'keep-alive' out, or use 'line' or 'raw'");
		checkAuthorizer(this.options.getAuthorizer());
	}

	private void checkAuthorizer(@Nullable PeerAuthorizer authorizer) {
		Assert.isTrue(!this.options.getAddress().isAbstract() || authorizer != PeerAuthorizer.ACCEPT_ALL,
				"An abstract name has no permissions, so every user of this host could connect: let the peer be "
						+ "checked, by 'allowed-users', 'allowed-groups' or a PeerAuthorizer, or use a path");
	}

	@Override
	public void stop() {
		this.stops.incrementAndGet();
		ListenerBind bind = this.bind;
		if (bind != null) {
			bind.abandon();
		}
		RunningListener run = afterStart();
		if (run != null) {
			try {
				run.awaitDrain();
			}
			finally {
				close(run);
			}
			run.tellOfEnds();
		}
	}

	/**
	 * Return the run of a start under way, which may be too far along to be abandoned.
	 */
	private @Nullable RunningListener afterStart() {
		RunningListener run = this.run;
		if (run != null) {
			return run;
		}
		synchronized (this) {
			return this.run;
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
	 * accepted. The container keeps running until it is stopped, which takes no time
	 * after the drain has ended.
	 * @return completes when everything accepted is answered and all connections are
	 * closed
	 */
	public CompletableFuture<Void> drain() {
		RunningListener run = this.run;
		// a copy, as the caller may complete or cancel it
		return (run != null) ? run.drain().copy() : CompletableFuture.completedFuture(null);
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
	 * Return what the listener has done so far and is doing now.
	 * @return a snapshot
	 */
	public UdsListenerStats stats() {
		RunningListener run = this.run;
		String name = this.options.getName();
		String address = this.options.getAddress().toString();
		return (run != null) ? run.stats(name, address)
				: new UdsListenerStats(name, address, State.STOPPED, 0, this.counters.accepted(),
						this.counters.refused(), this.counters.closed(), this.counters.acceptFailures(), 0, 0, 0, 0,
						this.options.getMemory());
	}

	/**
	 * Check whether clients can connect now: whether the socket file is the one that this
	 * listener made, and its event loop accepts connections. This makes no connection, so
	 * that no session listener sees a spurious session. Waits for the event loop, at most
	 * 2 s.
	 * @return the obstacle, as a sentence; {@code null} if there is none, or if the
	 * listener is not running
	 */
	public @Nullable String findObstacle() {
		RunningListener run = this.run;
		return (run != null) ? run.findObstacle() : null;
	}

	/**
	 * Close a run. A second caller, even one that starts again, waits for the first to
	 * finish.
	 */
	private synchronized void close(RunningListener run) {
		if (this.run == run) {
			try {
				run.close();
			}
			finally {
				this.run = null;
			}
		}
	}

}
