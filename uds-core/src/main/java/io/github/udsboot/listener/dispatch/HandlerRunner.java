package io.github.udsboot.listener.dispatch;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.observation.CallRecorder;

/**
 * Finds the handlers of a listener's requests and has them run on the right thread within
 * the listener's limit. Knows nothing of frames. Thread-safe.
 */
public final class HandlerRunner {

	/** So small a request is not counted while a handler has it on the loop. */
	private static final int SMALL = 8 << 10;

	/** The message for a peer whose request no thread takes. */
	static final String NO_THREAD = "The server has no thread for the request";

	private final String listener;

	private final UdsRouter router;

	private final CallLog log;

	private final InFlightLimit inFlight;

	private final UnfinishedCalls unfinished = new UnfinishedCalls();

	private final HandlerExecutors executors;

	private final @Nullable ServerInterceptorChain interceptors;

	private final List<PeerContextFactory> contexts;

	private final String noMemory;

	private final Map<UdsRequestHandler, InlineHistory> histories = new ConcurrentHashMap<>();

	/**
	 * Create an instance.
	 * @param listener the name of the listener
	 * @param maxInFlight the number of requests that may be in flight
	 * @param memory the number of bytes that may be held for peers
	 * @param router knows the handlers
	 * @param recorder told about every call
	 * @param interceptors wrap the handlers, the outermost first
	 * @param contexts create the contexts of the peers, the outermost first
	 * @param executors run the handlers
	 */
	public HandlerRunner(String listener, int maxInFlight, long memory, UdsRouter router, CallRecorder recorder,
			List<UdsServerInterceptor> interceptors, List<PeerContextFactory> contexts, HandlerExecutors executors) {
		this.listener = listener;
		this.router = router;
		this.log = new CallLog(listener, recorder);
		this.inFlight = new InFlightLimit(listener, maxInFlight);
		this.executors = executors;
		this.interceptors = interceptors.isEmpty() ? null : new ServerInterceptorChain(listener, interceptors);
		this.contexts = List.copyOf(contexts);
		this.noMemory = "The server has no memory for the request: it may hold " + memory
				+ " bytes for its peers, and a quarter of that for one user. Ask again when other requests are answered";
	}

	public String listener() {
		return this.listener;
	}

	/**
	 * Create the contexts in which code of the application runs for a connection.
	 * @return the contexts, {@code null} if there are none
	 */
	public @Nullable ConnectionContext newContext(LoopConnection connection) {
		return this.contexts.isEmpty() ? null : new ConnectionContext(this.listener, connection.peer(), this.contexts);
	}

	/**
	 * Find the handler of a route; if there is none, log that.
	 * @return the match, or {@code null}
	 */
	public UdsRouter.@Nullable Match find(String route, LoopConnection connection) {
		UdsRouter.Match match = this.router.find(route);
		if (match == null) {
			this.log.unknownRoute(route, connection);
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
		return this.inFlight.admit(share);
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
			call.teaches(history);
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
			this.log.refusedByExecutor(call.handler(), ex);
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
	 * @param context bound to the thread, {@code null} for nothing
	 */
	public void executeOffLoop(PeerShare share, @Nullable ConnectionContext context, Runnable task) {
		this.executors.execute(share, ConnectionContext.bind(context, task));
	}

	/**
	 * As {@link #executeOffLoop(PeerShare, ConnectionContext, Runnable)}, but without
	 * another executor if the first takes no more, and with nothing bound to the thread.
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
		int left = this.inFlight.release(call.share());
		this.log.record(CallLog.routeOf(call.handler()), status, durationNanos);
		if (left == 0) {
			this.unfinished.checkDrain();
		}
	}

	/** Return whether no handler is at work, and none has left a source open. */
	public boolean isIdle() {
		return this.inFlight.count() == 0 && !this.unfinished.isProducing();
	}

	/** Return what records the calls, and logs what goes wrong with them. */
	public CallLog log() {
		return this.log;
	}

	/** Return what a stop has to wait for beside the requests in flight. */
	public UnfinishedCalls unfinished() {
		return this.unfinished;
	}

	public int inFlight() {
		return this.inFlight.count();
	}

}
