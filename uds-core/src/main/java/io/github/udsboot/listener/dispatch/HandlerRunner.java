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
 * Finds the handlers of a listener's requests, has them run on the right thread within
 * the listener's limit, and records and logs how that went. Knows nothing of frames.
 */
public final class HandlerRunner {

	private static final Log logger = ListenerLog.LOG;

	/** So small a request is not counted while a handler has it on the loop. */
	private static final int SMALL = 8 << 10;

	/** What a peer is told whose request no thread takes. */
	static final String NO_THREAD = "The server has no thread for the request";

	/** A peer must not write lines of its own into the log. */
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

	/** Calls that have their outcome, while their handlers' threads have not left. */
	private final Set<ServerCall> lingering = ConcurrentHashMap.newKeySet();

	/** Calls whose items come from a source that is not closed. */
	private final Set<ServerCall> producing = ConcurrentHashMap.newKeySet();

	/** Calls without an outcome whose connections are closed. */
	private final Set<ServerCall> orphans = ConcurrentHashMap.newKeySet();

	/** The time of all calls is over: those that wait for a thread are not to run. */
	private volatile boolean over;

	/** Told when nothing is in flight any more, once the listener stops. */
	private volatile @Nullable DrainListener drain;

	private final LogThrottle unknownRoutes = new LogThrottle();

	private final LogThrottle refusedByExecutor = new LogThrottle();

	private final FailureLog failures = new FailureLog(logger, "");

	/**
	 * Create a dispatcher.
	 * @param listener the name of the listener
	 * @param maxInFlight how many requests may be in flight
	 * @param memory how many bytes may be held for peers
	 * @param router knows the handlers
	 * @param recorder told about every call
	 * @param interceptors stand around the handlers, the outermost first
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
	 * Find the handler of a route; when there is none, say so in the log.
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
	 * Count a request in, which {@link #ended} counts out, unless there are too many.
	 * @param share what its connection may take
	 * @return {@code null}, or what to tell the peer
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
	 * Have a call run, here or elsewhere. Call on the owner of the connection's loop.
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
			// it may wait for room, or run the call right here
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
	 * Return what learns from a call of a handler on the pool.
	 * @return {@code null} if the handler does not run on the loop at other times
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
	 * Have application code run that is no handler, may block, and belongs to no
	 * connection in particular, not on the loop.
	 * @throws RejectedExecutionException if the listener has stopped; other failures to
	 * start a thread mean the same
	 */
	public void executeOffLoop(Runnable task) {
		this.executors.execute(task);
	}

	/**
	 * As {@link #executeOffLoop(Runnable)}, on a thread that counts for a connection.
	 * @param share what the connection may take
	 */
	public void executeOffLoop(PeerShare share, Runnable task) {
		this.executors.execute(share, task);
	}

	/**
	 * As {@link #executeOffLoop(PeerShare, Runnable)}, but if the executor takes no more,
	 * no other does.
	 */
	public void executeIfTaken(PeerShare share, Runnable task) {
		this.executors.executeIfTaken(share, task);
	}

	/** Return whether such code may run on the loop now. */
	public boolean mayRunOnLoop(LoopConnection connection, InlineHistory history, long now) {
		return this.executors.runsInline() && !history.prefersPool(now) && connection.mayCallOut(history.isQuick());
	}

	/**
	 * Calls that were withdrawn before they had a thread need not wait for one. Call on
	 * the owner of the connection's loop.
	 * @param share what their connection may take
	 */
	public void dropWithdrawn(PeerShare share) {
		this.executors.dropIf(share,
				(task) -> task instanceof ServerCall call && call.isWithdrawn() && !call.isEntered());
	}

	/** Count a request out and record it. */
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
	 * Take note of a call that answers with items.
	 * @param begins whether that begins, or the source of the items is closed
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

	/** From now on, say when nothing is in flight any more. */
	public void drain(DrainListener drain) {
		this.drain = drain;
	}

	/** Have no handler begin any more. */
	public void end() {
		this.over = true;
	}

	/**
	 * Take note of a call that goes on though its connection is closed, so that it is not
	 * missed when its time is over.
	 * @param call the call
	 * @param timeOver whether its time is over
	 */
	void orphaned(ServerCall call, BooleanSupplier timeOver) {
		this.orphans.add(call);
		// first the call, then the looks: those who end it, or the time, do it the other
		// way round
		if (call.isOver()) {
			this.orphans.remove(call);
		}
		else if (timeOver.getAsBoolean()) {
			cutOff(call);
		}
	}

	/** A call that was {@link #orphaned} has its outcome. */
	void noOrphan(ServerCall call) {
		this.orphans.remove(call);
	}

	/**
	 * Stop the handlers of calls whose connections are closed.
	 * @param all whether those of calls are stopped as well, or only conversations
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

	/** Take note of a call that no handler sees because of {@link #end()}. */
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
	 * Take note of a call that has its outcome, and whose handler's thread is at work.
	 * @param begins whether that begins, or is over
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
	 * Return the routes of handlers and sources that go on though their calls are over.
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

	/** Throws nothing: a call whose failure cannot be logged still gets its answer. */
	public void logFailure(UdsRequestHandler handler, UdsRequest request, Throwable cause) {
		this.failures.unknown(() -> describe(handler) + " failed", cause, FailureLog.Context.of(request));
	}

	/** Say that an answer cannot be sent as it is. Throws nothing. */
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

	/** Say that a failure is answered without the details that the handler gave it. */
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
