package io.github.udsboot.listener;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import org.apache.commons.logging.Log;

import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.listener.dispatch.DrainListener;
import io.github.udsboot.listener.dispatch.ListenerLog;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.listener.dispatch.ServedConnection.Work;

/**
 * The drain of a listener: what is under way gets its time, then it is cut off. Logs when
 * the drain begins and how it ended, if there was anything to wait for. Thread-safe.
 */
final class ListenerDrain implements DrainListener {

	private static final Log logger = ListenerLog.LOG;

	/** Closing what was cut off takes a moment on a busy machine. */
	private static final Duration MARGIN = ServedConnection.LAST_WORDS.plusMillis(500);

	private final String name;

	private final Duration timeout;

	private final Duration streamTimeout;

	private final EventLoopGroup loops;

	private final UnderWay underWay;

	private final Map<Work, LongAdder> cutOff = new EnumMap<>(Work.class);

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	private final AtomicBoolean reported = new AtomicBoolean();

	/** Connections may still arrive. */
	private volatile boolean accepting = true;

	/** The beginning of the drain was logged. */
	private volatile boolean announced;

	private volatile long since;

	ListenerDrain(UdsListenerOptions options, EventLoopGroup loops, UnderWay underWay) {
		this.name = options.getName();
		this.timeout = options.getDrainTimeout();
		this.streamTimeout = options.getDrainStreamTimeout();
		this.loops = loops;
		this.underWay = underWay;
		for (Work work : Work.values()) {
			this.cutOff.put(work, new LongAdder());
		}
	}

	/**
	 * Begin to drain.
	 * @param accepted completes when no more connections will arrive
	 */
	void begin(CompletableFuture<Void> accepted) {
		this.since = System.nanoTime();
		announce();
		accepted.thenRun(() -> {
			this.accepting = false;
			this.loops.drain();
			if (this.streamTimeout.compareTo(this.timeout) < 0) {
				this.loops.executeAfter(this.streamTimeout, () -> cutOff(false));
			}
			this.loops.executeAfter(this.timeout, () -> cutOff(true));
			check();
		});
	}

	private void announce() {
		int streams = this.underWay.streams();
		int calls = Math.max(0, this.underWay.calls() - streams);
		int sessions = this.underWay.sessions();
		if (calls + streams + sessions == 0) {
			return;
		}
		this.announced = true;
		String what = describe(calls, streams, sessions) + " under way";
		String line = "Listener '" + this.name + "' "
				+ (isAtOnce() ? "stops at once with " + what
						: "drains with " + what + ": " + seconds(this.timeout) + " for calls, "
								+ seconds(least(this.streamTimeout, this.timeout)) + " for streams and sessions");
		log(() -> logger.info(line));
	}

	private boolean isAtOnce() {
		return this.timeout.isZero() || this.timeout.isNegative();
	}

	private void cutOff(boolean all) {
		if (!this.done.isDone()) {
			this.underWay.beginNoMore(all);
			this.loops.forEachConnection((connection) -> ((ServedConnection) connection.handler()).cutOff(all));
		}
	}

	@Override
	public void cutOff(Work work) {
		adder(work).increment();
	}

	/** Complete if nothing is under way any more. */
	@Override
	public void check() {
		if (!this.accepting && this.underWay.isNothing() && !this.done.isDone()) {
			report(Set.of(), 0);
			// on a thread of its own: dependent stages must not run on an event loop, and
			// the threads of the common pool may all be waiting for just this
			try {
				this.done.completeAsync(() -> null,
						(task) -> new Thread(task, "uds-" + this.name + "-drained").start());
			}
			catch (OutOfMemoryError ex) {
				// no thread can be started, but threads that wait for the end must be
				// told
				this.done.complete(null);
			}
		}
	}

	/**
	 * Return the end of the drain.
	 * @return completes when all connections are closed, all handlers have returned, and
	 * listeners have been told; must not be completed by others
	 */
	CompletableFuture<Void> done() {
		return this.done;
	}

	/** Wait for the end, no longer than the drain may take. */
	void await() {
		try {
			long limit = Nanos.of(this.timeout) + Nanos.of(MARGIN);
			this.done.get(Math.max(0, limit - (System.nanoTime() - this.since)), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			// close() logs what is left
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Note that the listener closes now, whatever is left. */
	void close() {
		if (!this.done.isDone()) {
			Set<String> handlers = this.underWay.handlersAtWork();
			report(handlers, Math.max(handlers.size(), this.underWay.calls()));
			// a busy machine may not have got to this yet: interrupting one handler must
			// not let the next one begin
			this.underWay.beginNoMore(true);
		}
	}

	/** Note that everything is closed. */
	void closed() {
		this.done.completeAsync(() -> null);
		String message = "Listener '" + this.name + "' has stopped";
		if (this.announced || count(Work.CALL) > 0) {
			// how it ended was logged
			log(() -> logger.debug(message));
		}
		else {
			log(() -> logger.info(message));
		}
	}

	private void report(Set<String> handlersAtWork, int left) {
		long calls = count(Work.CALL);
		long streams = count(Work.STREAM);
		long sessions = count(Work.SESSION);
		boolean forced = calls + streams + sessions + left > 0;
		if ((!this.announced && !forced) || !this.reported.compareAndSet(false, true)) {
			return;
		}
		StringJoiner message = new StringJoiner("; ");
		message.add("Listener '" + this.name + "' has drained in "
				+ seconds(Duration.ofNanos(System.nanoTime() - this.since)) + (forced ? " (FORCED)" : " (GRACEFUL)"));
		if (calls + streams + sessions > 0) {
			message.add("cut off: " + describe(calls, streams, sessions));
		}
		if (left > 0) {
			message.add("not ended: " + describe(left, 0, 0) + (handlersAtWork.isEmpty() ? ""
					: ", whose handlers do not mind the interrupt: " + String.join(", ", handlersAtWork)));
		}
		if (calls + left > 0) {
			log(() -> logger.warn(message));
		}
		else {
			log(() -> logger.info(message));
		}
	}

	/** Log a line. A logger that throws must not keep the listener from stopping. */
	private static void log(Runnable line) {
		try {
			line.run();
		}
		catch (Throwable ex) {
			// there is no better place to report this
		}
	}

	private long count(Work work) {
		return adder(work).sum();
	}

	private LongAdder adder(Work work) {
		LongAdder adder = this.cutOff.get(work);
		if (adder == null) {
			throw new IllegalStateException("Not counted: " + work);
		}
		return adder;
	}

	private static String describe(long calls, long streams, long sessions) {
		StringJoiner text = new StringJoiner(", ");
		text.setEmptyValue("nothing");
		add(text, calls, "call");
		add(text, streams, "stream");
		add(text, sessions, "session");
		return text.toString();
	}

	private static void add(StringJoiner text, long count, String what) {
		if (count > 0) {
			text.add(count + " " + what + ((count > 1) ? "s" : ""));
		}
	}

	private static Duration least(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	private static String seconds(Duration duration) {
		return String.format(Locale.ROOT, "%.1f s", Math.max(0, Nanos.of(duration)) / 1e9);
	}

	/** What the listener still has to do. */
	interface UnderWay {

		/**
		 * Return how many calls have no outcome, or a handler at work, including streams.
		 */
		int calls();

		/** Return how many streams without a deadline have no outcome. */
		int streams();

		/** Return how many sessions are open. */
		int sessions();

		/** Return the handlers that continue although their calls are over. */
		Set<String> handlersAtWork();

		/**
		 * Return whether everything is answered, all connections are closed, and all
		 * listeners are told.
		 */
		boolean isNothing();

		/**
		 * Refuse open-ended work from now on.
		 * @param calls whether calls are refused as well, even those that only wait for a
		 * thread
		 */
		void beginNoMore(boolean calls);

	}

}
