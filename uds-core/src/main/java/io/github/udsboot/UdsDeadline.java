package io.github.udsboot;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.Nanos;

/**
 * The time by which a caller wants its answer.
 *
 * <p>
 * While a handler runs, the deadline of its request is the {@linkplain #current()
 * current} one of the thread. Calls made on that thread get no more time than that,
 * whatever their own timeout: the caller of the handler does not wait any longer. Where
 * Micrometer's context propagation carries the thread's context to another thread, the
 * deadline goes with it. Streams have no deadline unless they are given one, and are not
 * limited.
 */
public final class UdsDeadline {

	private static final ThreadLocal<@Nullable UdsDeadline> CURRENT = new ThreadLocal<>();

	private final long nanoTime;

	private UdsDeadline(long nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Return a deadline.
	 * @param nanoTime the time on the clock of {@link System#nanoTime()}
	 * @return the deadline
	 */
	public static UdsDeadline atNanoTime(long nanoTime) {
		return new UdsDeadline(nanoTime);
	}

	/**
	 * Return a deadline.
	 * @param remaining how much time is left; none if it is zero or negative
	 * @return the deadline
	 */
	public static UdsDeadline after(Duration remaining) {
		return new UdsDeadline(System.nanoTime() + Nanos.of(remaining));
	}

	/**
	 * Return the deadline of the request that the current thread handles.
	 * @return the deadline, {@code null} if there is no request or it has none
	 */
	public static @Nullable UdsDeadline current() {
		return CURRENT.get();
	}

	/**
	 * Set the deadline of the current thread, for code that continues a request on
	 * another thread or makes calls that outlive it. Code that sets it must restore it.
	 * @param deadline the deadline, {@code null} for none
	 */
	public static void setCurrent(@Nullable UdsDeadline deadline) {
		CURRENT.set(deadline);
	}

	/**
	 * Return how much time is left.
	 * @return the time, zero if the deadline has passed
	 */
	public Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.nanoTime - System.nanoTime()));
	}

	/**
	 * Return the deadline on the clock of {@link System#nanoTime()}.
	 * @return the time, to be compared by subtraction
	 */
	public long nanoTime() {
		return this.nanoTime;
	}

	@Override
	public String toString() {
		return remaining() + " left";
	}

}
