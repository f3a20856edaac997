package io.github.udsboot.listener;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * Takes the frames of a listener's connections: refuses what is over a limit or leads
 * nowhere, and has everything else run by its handler on the right thread.
 */
final class RequestDispatcher implements ConnectionHandler {

	private static final Log logger = LogFactory.getLog(RequestDispatcher.class);

	/** A peer must not write lines of its own into the log. */
	private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");

	private final String listener;

	private final UdsRouter router;

	private final FrameWriter writer;

	private final CallRecorder recorder;

	private final HandlerExecutors executors;

	private final int maxInFlight;

	private final int maxInFlightPerConnection;

	private final AtomicInteger inFlight = new AtomicInteger();

	private final Map<UdsRequestHandler, HandlerHistory> histories = new ConcurrentHashMap<>();

	private final ConnectionEvents events;

	private final LogThrottle unknownRoutes = new LogThrottle();

	private final LogThrottle refusedByExecutor = new LogThrottle();

	private final LogThrottle failedRecordings = new LogThrottle();

	RequestDispatcher(UdsListenerOptions options, UdsRouter router, CallRecorder recorder, HandlerExecutors executors,
			ConnectionEvents events) {
		this.listener = options.getName();
		this.router = router;
		this.writer = options.getProtocol().newWriter(options.getFrameLimits());
		this.recorder = recorder;
		this.executors = executors;
		this.maxInFlight = options.getMaxInFlight();
		this.maxInFlightPerConnection = options.getMaxInFlightPerConnection();
		this.events = events;
	}

	@Override
	public boolean frame(LoopConnection connection, Frame frame) {
		if (frame instanceof RequestFrame request) {
			if (connection.prove()) {
				this.events.proven(connection);
			}
			return request(connection, request);
		}
		if (frame instanceof InvalidFrame invalid) {
			logger.debug("Listener '" + this.listener + "' refuses a frame: " + invalid.message());
			// not marked as undispatched: the id may be that of a call under way
			connection.cork(encode(ResponseFrame.failed(invalid.streamId(), invalid.status(), invalid.message())));
		}
		return true;
	}

	private boolean request(LoopConnection connection, RequestFrame request) {
		long now = System.nanoTime();
		if (connection.isEnding()) {
			return refuse(connection, request, Status.UNAVAILABLE, "The server takes no more requests", now);
		}
		UdsRouter.Match match = this.router.find(request.route());
		if (match == null) {
			this.unknownRoutes.log(logger::warn,
					() -> "Listener '" + this.listener + "' has no handler for the route '"
							+ NOT_PRINTABLE.matcher(request.route()).replaceAll("?") + "' that " + connection.peer()
							+ " calls");
			return refuse(connection, request, Status.UNIMPLEMENTED, "There is no route '" + request.route() + "'",
					now);
		}
		if (connection.inFlight() >= this.maxInFlightPerConnection) {
			return refuse(connection, request, Status.RESOURCE_EXHAUSTED,
					"The connection has " + this.maxInFlightPerConnection + " unanswered requests, which is the limit",
					now);
		}
		if (this.inFlight.incrementAndGet() > this.maxInFlight) {
			this.inFlight.decrementAndGet();
			return refuse(connection, request, Status.RESOURCE_EXHAUSTED,
					"The server has " + this.maxInFlight + " unanswered requests, which is the limit", now);
		}
		connection.beginRequest();
		UdsRequest handed = new UdsRequest(request.route(), request.payload(), request.metadata(), connection.peer(),
				deadline(request, now));
		return dispatch(connection, match.handler(),
				new ServerCall(this, connection, request.streamId(), match.handler(), handed, match.variables(), now),
				now);
	}

	private static long deadline(RequestFrame request, long now) {
		return (request.timeoutNanos() != 0) ? now + request.timeoutNanos() : UdsRequest.NO_DEADLINE;
	}

	private boolean refuse(LoopConnection connection, RequestFrame request, Status status, String message, long now) {
		connection.cork(encode(ResponseFrame.refused(request.streamId(), status, message)));
		String route = (status != Status.UNIMPLEMENTED) ? routeOf(request) : CallRecorder.UNKNOWN_ROUTE;
		record(route, status, System.nanoTime() - now);
		return true;
	}

	private String routeOf(RequestFrame request) {
		UdsRouter.Match match = this.router.find(request.route());
		return (match != null) ? match.handler().route() : CallRecorder.UNKNOWN_ROUTE;
	}

	private boolean dispatch(LoopConnection connection, UdsRequestHandler handler, ServerCall call, long now) {
		Execution execution = this.executors.executionOf(handler);
		if (execution == Execution.INLINE) {
			HandlerHistory history = historyOf(handler);
			if (!history.prefersPool(now) && connection.loop().mayCallOut()) {
				return runInline(connection, call, history);
			}
		}
		Executor executor = this.executors.executorFor(execution);
		try {
			executor.execute(call);
		}
		catch (RuntimeException | Error ex) {
			this.refusedByExecutor.log(logger::warn, () -> "Listener '" + this.listener + "' has no thread for '"
					+ handler.route() + "': " + ex.getMessage());
			call.refuse(Status.UNAVAILABLE, "The server has no thread for the request");
		}
		return true;
	}

	private boolean runInline(LoopConnection connection, ServerCall call, HandlerHistory history) {
		boolean ownsLoop = connection.loop().callOut(call::runInline);
		if (ownsLoop) {
			history.wasQuick();
		}
		else {
			history.lasted(System.nanoTime());
		}
		call.finishInline(ownsLoop);
		return ownsLoop;
	}

	private HandlerHistory historyOf(UdsRequestHandler handler) {
		HandlerHistory history = this.histories.get(handler);
		return (history != null) ? history : this.histories.computeIfAbsent(handler, (missing) -> new HandlerHistory());
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		this.events.closed(connection, reason, cause);
	}

	// --- for ServerCall

	EncodedFrame encode(ResponseFrame frame) {
		return this.writer.encode(frame);
	}

	void ended(String route, Status status, long durationNanos) {
		this.inFlight.decrementAndGet();
		record(route, status, durationNanos);
	}

	private void record(String route, Status status, long durationNanos) {
		try {
			this.recorder.record(route, status, durationNanos);
		}
		catch (RuntimeException | Error ex) {
			this.failedRecordings.log(logger::error,
					() -> "A call on listener '" + this.listener + "' could not be recorded: " + ex);
		}
	}

	/** Throws nothing: a call whose failure cannot be logged still gets its answer. */
	void logFailure(String route, Throwable cause) {
		try {
			logger.error("The handler of '" + route + "' on listener '" + this.listener + "' failed", cause);
		}
		catch (Throwable ex) {
			// out of memory once more, most likely
		}
	}

	int inFlight() {
		return this.inFlight.get();
	}

	/** Told when a connection has sent its first valid frame and when it is closed. */
	interface ConnectionEvents {

		void proven(LoopConnection connection);

		void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause);

	}

}
