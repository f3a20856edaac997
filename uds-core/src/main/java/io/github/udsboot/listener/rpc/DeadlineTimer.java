package io.github.udsboot.listener.rpc;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.EventLoop;
import io.github.udsboot.connection.LoopTimer;
import io.github.udsboot.handler.UdsRequest;

/**
 * Watches the deadlines of the calls of one connection with a single timer: set to the
 * earliest deadline that was added since it last ran, it mostly finds that call answered,
 * and is then set to the earliest of those left. Belongs to the loop's owner.
 */
final class DeadlineTimer {

	/**
	 * Bounds the delay, as a peer may give a call centuries, too long to calculate with.
	 */
	private static final long MAX_DELAY_NANOS = TimeUnit.HOURS.toNanos(1);

	private final EventLoop loop;

	private final CallsInFlight calls;

	private final Consumer<RequestCall> passed;

	private @Nullable LoopTimer timer;

	private long timerAt;

	/**
	 * Create an instance.
	 * @param passed takes calls whose deadline has passed
	 */
	DeadlineTimer(EventLoop loop, CallsInFlight calls, Consumer<RequestCall> passed) {
		this.loop = loop;
		this.calls = calls;
		this.passed = passed;
	}

	/**
	 * Watch the deadline of one more call.
	 * @param deadline the deadline, on the clock of {@link System#nanoTime()}
	 * @param now the time on that clock
	 */
	void watch(long deadline, long now) {
		if (deadline != UdsRequest.NO_DEADLINE && (this.timer == null || deadline - this.timerAt < 0)) {
			start(deadline - now, now);
		}
	}

	private void start(long nanos, long now) {
		stop();
		long delay = Math.max(0, Math.min(nanos, MAX_DELAY_NANOS));
		this.timerAt = now + delay;
		this.timer = this.loop.schedule(delay, this::look);
	}

	private void look() {
		this.timer = null;
		long now = System.nanoTime();
		this.calls.forEach((call) -> {
			if (call.isExpired(now)) {
				this.passed.accept(call);
			}
		});
		long next = this.calls.nanosToNextDeadline(now);
		if (next != UdsRequest.NO_DEADLINE) {
			start(next, now);
		}
	}

	void stop() {
		LoopTimer timer = this.timer;
		this.timer = null;
		if (timer != null) {
			this.loop.cancel(timer);
		}
	}

}
