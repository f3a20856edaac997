package io.github.udsboot.observation;

import io.github.udsboot.Status;

/**
 * Told about every call that ended, on the thread that ended it. Implementations are
 * thread-safe, quick and throw nothing.
 */
@FunctionalInterface
public interface CallRecorder {

	/** Records nothing. */
	CallRecorder NONE = (route, status, durationNanos) -> {
	};

	/** Stands for the routes that no handler knows. */
	String UNKNOWN_ROUTE = "UNKNOWN";

	/** Stands for what has no route: messages that go to a default handler. */
	String NO_ROUTE = "NONE";

	/**
	 * Record a call.
	 * @param route the route as registered ({@code orders.{id}.get}), or
	 * {@link #UNKNOWN_ROUTE}, or {@link #NO_ROUTE}
	 * @param status the outcome
	 * @param durationNanos how long it took, in nanoseconds
	 */
	void record(String route, Status status, long durationNanos);

}
