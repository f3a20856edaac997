package io.github.udsboot.listener.dispatch;

import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;

import io.github.udsboot.Status;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.ForeignText;
import io.github.udsboot.guard.LogThrottle;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.failure.FailureLog;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.GuardedCallRecorder;

/**
 * Records the calls of a listener, and logs what goes wrong with them, so that no peer
 * fills the log. Throws nothing: a call whose failure cannot be logged still gets its
 * answer. Thread-safe.
 */
public final class CallLog {

	private static final Log logger = ListenerLog.LOG;

	/** A peer must not write lines of its own into the log. */
	private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");

	private final String listener;

	private final CallRecorder recorder;

	private final LogThrottle unknownRoutes = new LogThrottle();

	private final LogThrottle refusedByExecutor = new LogThrottle();

	private final FailureLog failures = new FailureLog(logger, "");

	/**
	 * Create an instance.
	 * @param listener the name of the listener
	 * @param recorder told about every call
	 */
	CallLog(String listener, CallRecorder recorder) {
		this.listener = listener;
		this.recorder = GuardedCallRecorder.of(recorder);
	}

	/** Return the name under which the calls of a handler are recorded. */
	static String routeOf(UdsRequestHandler handler) {
		return handler.isDefaultHandler() ? CallRecorder.NO_ROUTE : handler.route();
	}

	/** Return what a handler is called in a message. */
	static String nameOf(UdsRequestHandler handler) {
		return handler.isDefaultHandler() ? handler.toString() : handler.route();
	}

	public void record(String route, Status status, long durationNanos) {
		this.recorder.record(route, status, durationNanos);
	}

	/** Say that a handler has failed. */
	public void failed(UdsRequestHandler handler, UdsRequest request, Throwable cause) {
		this.failures.unknown(() -> describe(handler) + " failed", cause, FailureLog.Context.of(request));
	}

	/**
	 * Say that something else of the application has failed.
	 * @param message says what
	 * @param cause the failure
	 */
	public void failed(Supplier<String> message, Throwable cause) {
		this.failures.unknown(message, cause, FailureLog.Context.NONE);
	}

	/** Say that an answer cannot be sent as it is. */
	void unsendable(UdsRequestHandler handler, UdsRequest request, RuntimeException cause) {
		this.failures.known(() -> describe(handler) + " gave an answer that cannot be sent", cause,
				FailureLog.Context.of(request));
	}

	/** Say that a failure is answered without the details that the handler gave it. */
	void detailsLeftOut(UdsRequestHandler handler, RuntimeException cause) {
		if (logger.isDebugEnabled()) {
			logger.debug("Leaving out the details of a failure of '" + handler.route() + "' on listener '"
					+ this.listener + "': " + cause.getMessage());
		}
	}

	/** Say that the application's executor takes no task for a call. */
	void refusedByExecutor(UdsRequestHandler handler, Throwable cause) {
		this.refusedByExecutor.log(logger::warn, () -> "Listener '" + this.listener + "' has no thread for '"
				+ nameOf(handler) + "': " + ForeignText.of(cause));
	}

	/** Say that there is no handler for the route that a peer calls. */
	void unknownRoute(String route, LoopConnection connection) {
		this.unknownRoutes.log(logger::warn, () -> "Listener '" + this.listener + "' has no handler for the route '"
				+ NOT_PRINTABLE.matcher(route).replaceAll("?") + "' that " + connection.peer() + " calls");
	}

	private String describe(UdsRequestHandler handler) {
		return "The handler of '" + nameOf(handler) + "' on listener '" + this.listener + "'";
	}

}
