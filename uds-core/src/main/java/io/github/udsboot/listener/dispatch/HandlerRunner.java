package io.github.udsboot.listener.dispatch;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.ForeignText;
import io.github.udsboot.guard.LogThrottle;
import io.github.udsboot.handler.FailureLog;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.admission.PeerShares;
import io.github.udsboot.listener.admission.UserShare;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.GuardedCallRecorder;

/**
 * Finds the handlers of a listener's requests, runs them on the right thread within the
 * listener's limit, and records and logs the outcome. Knows nothing of frames.
 */
public final class HandlerRunner {

	private static final Log logger = ListenerLog.LOG;

	/**
	 * Up to this size a request's memory is not counted while its handler runs on the
	 * loop.
	 */
	private static final int SMALL = 8 << 10;

	/** The message for a peer whose request no thread takes. */
	static final String NO_THREAD = "The server has no thread for the request";

	/**
	 * Replaced in logged text, as a peer must not write lines of its own into the log.
	 */
	private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");

	private final String listener;

	private final UdsRouter router;

	private final CallRecorder recorder;

	private final HandlerExecutors executors;

	private final @Nullable ServerInterceptorChain interceptors;

	private final int maxInFlight;

	private final String noMemory;

	private final String tooMany;

	private final String tooManyOfUser;

	private final AtomicInteger inFlight = new AtomicInteger();

	private final Map<UdsRequestHandler, InlineHistory> histories = new ConcurrentHashMap<>();

	/** Calls that have their outcome but whose handlers' threads have not left. */
	private final Set<ServerCall> lingering = ConcurrentHashMap.newKeySet();

	/** Calls whose items come from a source that is still open. */
	private final Set<ServerCall> producing = ConcurrentHashMap.newKeySet();

	/** Calls without an outcome whose connections are closed. */
	private final Set<ServerCall> orphans = ConcurrentHashMap.newKeySet();

	/** The time of all calls is up: those that wait for a thread must not run. */
	private volatile boolean over;

	/** Told when nothing is in flight any more, once the listener stops. */
	private volatile @Nullable DrainListener drain;

	private final LogThrottle unknownRoutes = new LogThrottle();

	private final LogThrottle refusedByExecutor = new LogThrottle();

	private final FailureLog failures = new FailureLog(logger, "");

	/**
	 * Create a dispatcher.
	 * @param listener the name of the listener
	 * @param maxInFlight the number of requests that may be in flight
	 * @param memory the number of bytes that may be held for peers
	 * @param router knows the handlers
	 * @param recorder told about every call
	 * @param interceptors wrap the handlers, the outermost first
	 * @param executors run the handlers
	 */
	public HandlerRunner(String listener, int maxInFlight, long memory, UdsRouter router, CallRecorder recorder,
			List<UdsServerInterceptor> interceptors, HandlerExecutors executors) {
		this.listener = listener;
		this.router = router;
		this.recorder = GuardedCallRecorder.of(recorder);
		this.executors = executors;
		this.interceptors = interceptors.isEmpty() ? null : new ServerInterceptorChain(listener, interceptors);
		this.maxInFlight = maxInFlight;
		this.noMemory = "The server has no memory for the request: it may hold " + memory
				+ " bytes for its peers, and a quarter of that for one user. Ask again when other requests are answered";
		this.tooMany = "The server has " + this.maxInFlight + " unanswered requests, which is the limit: try again"
				+ " later, or raise max-in-flight of the listener '" + this.listener + "'";
		this.tooManyOfUser = "The server has " + PeerShares.maxInFlightPerUser(maxInFlight)
				+ " unanswered requests of this user, which is its share: wait for answers, or raise max-in-flight of the"
				+ " listener '" + this.listener + "', of which a user has a quarter";
	}

	public String listener() {
		return this.listener;
	}

	/**
	 * Find the handler of a route; if there is none, log that.
	 * @return the match, or {@code null}
	 */
	public UdsRouter.@Nullable Match find(String route, LoopConnection connection) {
		UdsRouter.Match match = this.router.find(route);
		if (match == null) {
			this.unknownRoutes.log(logger::warn, () -> "Listener '" + this.listener + "' has no handler for the route '"
					+ NOT_PRINTABLE.matcher(route).replaceAll("?") + "' that " + connection.peer() + " calls");
		}
		return match;
	}

	/** Return the handler of messages without a route. */
	public @Nullable UdsRequestHandler defaultHandler() {
		return this.router.defaultHandler();
	}

	/** Return the name under which a route that a peer called is recorded. */
	public String recordedRoute(String route) {
		UdsRouter.Match match = this.router.find(route);
		return (match != null) ? match.handler().route() : CallRecorder.UNKNOWN_ROUTE;
	}

	/**
	 * Count in a request, for {@link #ended} to count out, unless there are too many.
	 * @param share the share of its connection
	 * @return {@code null} if admitted, or the message for the peer
	 */
	public @Nullable String admit(PeerShare share) {
		UserShare user = share.user();
		if (user != null && !user.tryBegin()) {
			return this.tooManyOfUser;
		}
		if (this.inFlight.incrementAndGet() <= this.maxInFlight) {
			return null;
		}
		this.inFlight.decrementAndGet();
		if (user != null) {
			user.end();
		}
		return this.tooMany;
	}

	/**
	 * Run a call, here or on another thread. Call on the owner of the connection's loop.
	 * @param connection the connection
	 * @param call the call
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @return whether the calling thread still owns the loop
	 */
	public boolean dispatch(LoopConnection connection, ServerCall call, long now) {
		UdsRequestHandler handler = call.handler();
		Execution execution = this.executors.executionOf(handler);
		if (execution == Execution.INLINE && !handler.takesItems()) {
			InlineHistory history = historyOf(handler);
			if (!history.prefersPool(now) && connection.mayCallOut(history.isQuick())) {
				if (call.payloadSize() > SMALL && !call.tryReserve()) {
					call.refuse(Status.RESOURCE_EXHAUSTED, this.noMemory);
					return true;
				}
				return runInline(connection, call, history, now);
			}
		}
		if (!call.tryReserve()) {
			call.refuse(Status.RESOURCE_EXHAUSTED, this.noMemory);
			return true;
		}
		if (this.executors.isApplications(execution)) {
			// this may wait for room, or run the call on this thread
			return connection.callOut(() -> execute(execution, call));
		}
		execute(execution, call);
		return true;
	}

	private void execute(Execution execution, ServerCall call) {
		try {
			this.executors.executeHere(execution, call.share(), call);
		}
		catch (Throwable ex) {
			// the application's executor may throw anything
			call.dropped();
			this.refusedByExecutor.log(logger::warn, () -> "Listener '" + this.listener + "' has no thread for '"
					+ nameOf(call) + "': " + ForeignText.of(ex));
		}
	}

	private boolean runInline(LoopConnection connection, ServerCall call, InlineHistory history, long now) {
		boolean ownsLoop = connection.callOut(history, call::runInline);
		history.returned(ownsLoop, now, System.nanoTime());
		call.finishInline(ownsLoop);
		return ownsLoop;
	}

	/** As {@link UdsRequestHandler#handle}, with the interceptors around it. */
	void handle(UdsRequestHandler handler, UdsRequest request, Map<String, String> variables,
			UdsReplyCallback callback) {
		if (this.interceptors != null) {
			this.interceptors.handle(handler, request, variables, callback);
		}
		else {
			handler.handle(request, variables, callback);
		}
	}

	/**
	 * Return the history that learns from a handler's call on the pool.
	 * @return the history, or {@code null} if the handler does not otherwise run on the
	 * loop
	 */
	@Nullable InlineHistory historyOnPool(UdsRequestHandler handler) {
		InlineHistory history = this.histories.get(handler);
		return (history != null && history.prefersPool(System.nanoTime())) ? history : null;
	}

	private InlineHistory historyOf(UdsRequestHandler handler) {
		InlineHistory history = this.histories.get(handler);
		return (history != null) ? history : this.histories.computeIfAbsent(handler, (missing) -> new InlineHistory());
	}

	/**
	 * Run application code off the loop that is no handler, may block, and belongs to no
	 * particular connection.
	 * @throws RejectedExecutionException if the listener has stopped; other failures to
	 * start a thread mean the same
	 */
	public void executeOffLoop(Runnable task) {
		this.executors.execute(task);
	}

	/**
	 * As {@link #executeOffLoop(Runnable)}, on a thread that counts towards a connection.
	 * @param share the share of the connection
	 */
	public void executeOffLoop(PeerShare share, Runnable task) {
		this.executors.execute(share, task);
	}

	/**
	 * As {@link #executeOffLoop(PeerShare, Runnable)}, but without another executor if
	 * the first takes no more.
	 */
	public void executeIfTaken(PeerShare share, Runnable task) {
		this.executors.executeIfTaken(share, task);
	}

	/** Return whether such code may run on the loop now. */
	public boolean mayRunOnLoop(LoopConnection connection, InlineHistory history, long now) {
		return this.executors.runsInline() && !history.prefersPool(now) && connection.mayCallOut(history.isQuick());
	}

	/**
	 * Drop calls that were withdrawn before they had a thread: they need not wait for
	 * one. Call on the owner of the connection's loop.
	 * @param share the share of their connection
	 */
	public void dropWithdrawn(PeerShare share) {
		this.executors.dropIf(share,
				(task) -> task instanceof ServerCall call && call.isWithdrawn() && !call.isEntered());
	}

	/** Count out a request and record it. */
	public void ended(ServerCall call, Status status, long durationNanos) {
		UdsRequestHandler handler = call.handler();
		UserShare user = call.share().user();
		if (user != null) {
			user.end();
		}
		int left = this.inFlight.decrementAndGet();
		record(handler.isDefaultHandler() ? CallRecorder.NO_ROUTE : handler.route(), status, durationNanos);
		if (left == 0) {
			checkDrain();
		}
	}

	private void checkDrain() {
		DrainListener drain = this.drain;
		if (drain != null) {
			drain.check();
		}
	}

	/**
	 * Note a call that answers with items.
	 * @param begins {@code true} when it begins, {@code false} when the source of the
	 * items is closed
	 */
	public void produces(ServerCall call, boolean begins) {
		if (begins) {
			this.producing.add(call);
		}
		else {
			this.producing.remove(call);
			checkDrain();
		}
	}

	/** Return whether no handler is at work, and none has left a source open. */
	public boolean isIdle() {
		return this.inFlight.get() == 0 && this.producing.isEmpty();
	}

	/** Report from now on when nothing is in flight any more. */
	public void drain(DrainListener drain) {
		this.drain = drain;
	}

	/** Let no further handler begin. */
	public void end() {
		this.over = true;
	}

	/**
	 * Note a call that continues although its connection is closed, so that it is not
	 * missed when its time is up.
	 * @param call the call
	 * @param timeOver whether its time is up
	 */
	void orphaned(ServerCall call, BooleanSupplier timeOver) {
		this.orphans.add(call);
		// first the call, then the checks: threads that end it, or its time, use the
		// reverse order
		if (call.isOver()) {
			this.orphans.remove(call);
		}
		else if (timeOver.getAsBoolean()) {
			cutOff(call);
		}
	}

	/** Note that a call that was {@link #orphaned} has its outcome. */
	void noOrphan(ServerCall call) {
		this.orphans.remove(call);
	}

	/**
	 * Stop the handlers of calls whose connections are closed.
	 * @param all whether calls are stopped as well, rather than conversations only
	 */
	public void cutOffOrphans(boolean all) {
		this.orphans.forEach((call) -> {
			if (all || call.work() != ServedConnection.Work.CALL) {
				cutOff(call);
			}
		});
	}

	private void cutOff(ServerCall orphan) {
		this.orphans.remove(orphan);
		if (orphan.abort(Status.UNAVAILABLE, ServedConnection.REASON)) {
			cutOff(orphan.work());
		}
	}

	/** Note a call that no handler gets because of {@link #end()}. */
	void cutOff(ServedConnection.Work work) {
		DrainListener drain = this.drain;
		if (drain != null) {
			drain.cutOff(work);
		}
	}

	boolean isOver() {
		return this.over;
	}

	/**
	 * Note a call that has its outcome while its handler's thread is still at work.
	 * @param begins {@code true} when this state begins, {@code false} when it ends
	 */
	void lingers(ServerCall call, boolean begins) {
		if (begins) {
			this.lingering.add(call);
		}
		else {
			this.lingering.remove(call);
		}
	}

	/**
	 * Return the routes of handlers and sources that continue although their calls are
	 * over.
	 */
	public Set<String> lingeringRoutes() {
		Set<String> routes = new TreeSet<>();
		this.lingering.stream().filter(CallState::isRunning).forEach((call) -> routes.add(nameOf(call)));
		this.producing.forEach((call) -> routes.add(nameOf(call)));
		return routes;
	}

	private static String nameOf(ServerCall call) {
		UdsRequestHandler handler = call.handler();
		return handler.isDefaultHandler() ? handler.toString() : handler.route();
	}

	public void record(String route, Status status, long durationNanos) {
		this.recorder.record(route, status, durationNanos);
	}

	/**
	 * Log a failure. Throws nothing: a call whose failure cannot be logged still gets its
	 * answer.
	 */
	public void logFailure(UdsRequestHandler handler, UdsRequest request, Throwable cause) {
		this.failures.unknown(() -> describe(handler) + " failed", cause, FailureLog.Context.of(request));
	}

	/** Log that an answer cannot be sent as it is. Throws nothing. */
	void logUnsendable(UdsRequestHandler handler, UdsRequest request, RuntimeException cause) {
		this.failures.known(() -> describe(handler) + " gave an answer that cannot be sent", cause,
				FailureLog.Context.of(request));
	}

	private String describe(UdsRequestHandler handler) {
		return "The handler of '" + (handler.isDefaultHandler() ? handler : handler.route()) + "' on listener '"
				+ this.listener + "'";
	}

	/** Throws nothing. */
	public void logFailure(Supplier<String> message, Throwable cause) {
		this.failures.unknown(message, cause, FailureLog.Context.NONE);
	}

	/** Log that a failure is answered without the details given by the handler. */
	void detailsLeftOut(UdsRequestHandler handler, RuntimeException cause) {
		if (logger.isDebugEnabled()) {
			logger.debug("Leaving out the details of a failure of '" + handler.route() + "' on listener '"
					+ this.listener + "': " + cause.getMessage());
		}
	}

	public int inFlight() {
		return this.inFlight.get();
	}

}
