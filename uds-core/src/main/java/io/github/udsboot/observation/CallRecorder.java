package io.github.udsboot.observation;

import io.github.udsboot.Status;

/**
 * Records every call that has ended, on the thread that ended it. Implementations must be
 * thread-safe and fast, and throw nothing.
 */
@FunctionalInterface
public interface CallRecorder {

	/** Records nothing. */
	CallRecorder NONE = (route, status, durationNanos) -> {
	};

	/** Stands for routes that no handler knows. */
	String UNKNOWN_ROUTE = "UNKNOWN";

	/** Stands for messages without a route, which go to a default handler. */
	String NO_ROUTE = "NONE";

	/**
	 * Record a call.
	 * @param route the route as registered ({@code orders.{id}.get}), or
	 * {@link #UNKNOWN_ROUTE}, or {@link #NO_ROUTE}
	 * @param status the outcome
	 * @param durationNanos the duration of the call in nanoseconds
	 */
	void record(String route, Status status, long durationNanos);

}
