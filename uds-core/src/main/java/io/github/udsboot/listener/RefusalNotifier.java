package io.github.udsboot.listener;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.guard.LostFailures;

/**
 * Tells the application of refused connections: of each reason one a second at most, on
 * one thread at most, and none is left uncounted. Thread-safe.
 */
final class RefusalNotifier {

	static final Duration INTERVAL = Duration.ofSeconds(1);

	private final String listener;

	private final String address;

	private final List<UdsConnectionRefusalListener> listeners;

	private final Executor offLoop;

	private final BiConsumer<Duration, Runnable> timer;

	private final LongSupplier clock;

	/** Guarded by the monitor, as is the next. */
	private final Map<RefusalReason, Refusals> refusals = new EnumMap<>(RefusalReason.class);

	private boolean stopped;

	/**
	 * Create an instance.
	 * @param listener the name of the listener
	 * @param address the path or abstract name of the listener
	 * @param listeners told of refusals
	 * @param offLoop runs code of the application, which may block; throws if it does not
	 * @param timer runs a task after a delay, or never once the listener stops; does not
	 * block
	 * @param clock the clock, as {@link System#nanoTime()}
	 */
	RefusalNotifier(String listener, String address, List<UdsConnectionRefusalListener> listeners, Executor offLoop,
			BiConsumer<Duration, Runnable> timer, LongSupplier clock) {
		this.listener = listener;
		this.address = address;
		this.listeners = List.copyOf(listeners);
		this.offLoop = offLoop;
		this.timer = timer;
		this.clock = clock;
		for (RefusalReason reason : RefusalReason.values()) {
			this.refusals.put(reason, new Refusals(clock.getAsLong()));
		}
	}

	/**
	 * Note a refusal, to be told of soon. Throws nothing.
	 * @param reason why the connection was refused
	 * @param peer who has connected, {@code null} if unknown
	 */
	void refused(RefusalReason reason, @Nullable PeerCredentials peer) {
		if (this.listeners.isEmpty()) {
			return;
		}
		long delay;
		synchronized (this) {
			Refusals refusals = of(reason);
			refusals.count++;
			refusals.last = peer;
			if (refusals.expected || this.stopped) {
				return;
			}
			refusals.expected = true;
			delay = refusals.quietUntil - this.clock.getAsLong();
		}
		tellAfter(delay, reason);
	}

	private void tellAfter(long delay, RefusalReason reason) {
		try {
			if (delay > 0) {
				this.timer.accept(Duration.ofNanos(delay), () -> tellSoon(reason));
			}
			else {
				this.offLoop.execute(() -> tell(reason));
			}
		}
		catch (Throwable ex) {
			LostFailures.log("Listener '" + this.listener + "' has no thread to tell of a refused connection", ex);
			tellLater(reason);
		}
	}

	private void tellLater(RefusalReason reason) {
		try {
			this.timer.accept(INTERVAL, () -> tellSoon(reason));
		}
		catch (Throwable ex) {
			// the next refusal tries again, or else stop() tells of this one
			synchronized (this) {
				of(reason).expected = false;
			}
		}
	}

	private void tellSoon(RefusalReason reason) {
		tellAfter(0, reason);
	}

	private void tell(RefusalReason reason) {
		UdsConnectionRefusal refusal = take(reason);
		while (refusal != null) {
			tell(refusal);
			refusal = told(reason);
		}
	}

	/** Return what to tell of, {@code null} if nothing, or if another thread does. */
	private synchronized @Nullable UdsConnectionRefusal take(RefusalReason reason) {
		Refusals refusals = of(reason);
		if (refusals.count == 0 || refusals.telling) {
			return null;
		}
		UdsConnectionRefusal refusal = new UdsConnectionRefusal(this.listener, this.address, refusals.last, reason,
				refusals.count - 1);
		refusals.count = 0;
		refusals.last = null;
		refusals.telling = true;
		return refusal;
	}

	/** Return what to tell of at once because no timer runs any more, or else wait. */
	private @Nullable UdsConnectionRefusal told(RefusalReason reason) {
		synchronized (this) {
			Refusals refusals = of(reason);
			refusals.telling = false;
			refusals.quietUntil = this.clock.getAsLong() + INTERVAL.toNanos();
			if (this.stopped) {
				return take(reason);
			}
			refusals.expected = refusals.count > 0;
			if (!refusals.expected) {
				return null;
			}
		}
		tellAfter(INTERVAL.toNanos(), reason);
		return null;
	}

	private void tell(UdsConnectionRefusal refusal) {
		for (UdsConnectionRefusalListener listener : this.listeners) {
			try {
				listener.refused(refusal);
			}
			catch (Throwable ex) {
				LostFailures.log(listener.getClass().getName() + " failed on a refused connection", ex);
			}
		}
	}

	/**
	 * Tell of what is left, on the calling thread, as the threads of the listener have
	 * ended; if one of them is still inside the application, it does that. Call with no
	 * lock held.
	 */
	void stop() {
		synchronized (this) {
			this.stopped = true;
		}
		for (RefusalReason reason : RefusalReason.values()) {
			tell(reason);
		}
	}

	private Refusals of(RefusalReason reason) {
		return Objects.requireNonNull(this.refusals.get(reason));
	}

	/**
	 * The refusals for one reason that were not told of yet.
	 */
	private static final class Refusals {

		private long count;

		private @Nullable PeerCredentials last;

		/** Until then none is told of. */
		private long quietUntil;

		/** A thread or a timer will take what is counted. */
		private boolean expected;

		/** A thread is inside the application. */
		private boolean telling;

		Refusals(long now) {
			this.quietUntil = now;
		}

	}

}
