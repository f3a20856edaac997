package io.github.udsboot.client.call;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.guard.SureExecutor;
import io.github.udsboot.interceptor.UdsClientResponse;

/**
 * The calls whose interceptors have not answered, and for which no thread waits until
 * they do: ends them when their time is over, or with the client. Looked at by the
 * client's I/O thread. Thread-safe.
 */
public final class InterceptedOutcomes {

	/** So long interceptors may take to pass on what came of an attempt at its end. */
	private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

	/** How many of them have a deadline. */
	private final AtomicInteger timed = new AtomicInteger();

	private final long epoch = System.nanoTime();

	/** No entry is due before, counted from the epoch. */
	private final AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);

	private volatile boolean closed;

	/** Return whether {@link #expire} must be called now and then. */
	public boolean isNeeded() {
		return this.timed.get() > 0;
	}

	/** Return whether calls of a client that was closed wait for their end. */
	public boolean isOwed() {
		return this.closed && !this.entries.isEmpty();
	}

	/** For tests. */
	public int size() {
		return this.entries.size();
	}

	/**
	 * Take a call. It leaves with its outcome.
	 * @param call the call
	 * @param outcome what its interceptors complete
	 * @param executor completes the outcome where they do not
	 * @return {@code false} if the client is closed: the next {@link #expire} comes from
	 * the caller
	 */
	public boolean add(Call call, CompletableFuture<UdsClientResponse> outcome, SureExecutor executor) {
		Entry entry = new Entry(call, outcome, executor, call.deadline() != CallRequest.NO_DEADLINE);
		if (entry.timed) {
			this.timed.incrementAndGet();
		}
		this.entries.add(entry);
		// not whenComplete, which would ask a failure for its text
		outcome.handle((response, failure) -> {
			remove(entry);
			return true;
		});
		lookAgainAt(call.deadline());
		return !this.closed;
	}

	private void remove(Entry entry) {
		if (this.entries.remove(entry) && entry.timed) {
			this.timed.decrementAndGet();
		}
	}

	private void lookAgainAt(long deadline) {
		if (deadline != CallRequest.NO_DEADLINE) {
			this.earliest.accumulateAndGet(deadline - this.epoch, Math::min);
		}
	}

	/** End the calls that are due. */
	public void expire(long now) {
		if (!this.closed && now - this.epoch < this.earliest.get()) {
			return;
		}
		// a call that is added from here on corrects it
		this.earliest.set(Long.MAX_VALUE);
		for (Entry entry : this.entries) {
			long due = entry.due(this.closed, now);
			if (due == CallRequest.NO_DEADLINE) {
				continue;
			}
			if (due - now > 0) {
				lookAgainAt(due);
			}
			else {
				remove(entry);
				entry.end(this.closed);
			}
		}
	}

	/**
	 * The client is closed.
	 * @param clock whether there is one on: calls that were made have a moment for their
	 * own outcome then
	 */
	public void close(boolean clock) {
		long now = System.nanoTime();
		if (clock) {
			for (Entry entry : this.entries) {
				entry.closedAt = now;
			}
		}
		this.closed = true;
		expire(now);
	}

	/** Return what a caller is told whose interceptors do not answer. */
	public static UdsException unanswered(boolean closed, String route, ClientInterceptorChain interceptors) {
		return closed
				? new UdsCancelledException(
						"The client '" + interceptors.client()
								+ "' was closed before its interceptors have answered; the call may have been executed",
						route, interceptors.path(), null)
				: new UdsDeadlineExceededException(
						"The interceptors of the client '" + interceptors.client()
								+ "' have not answered in time; the call may have been executed",
						route, interceptors.path(), null);
	}

	/**
	 * What interceptors stand around.
	 */
	public interface Call {

		/**
		 * Return when it is to be over, or {@link CallRequest#NO_DEADLINE}. May change.
		 */
		long deadline();

		/** Return whether the interceptors have made it, be it without success. */
		boolean isAttempted();

		/** Return what its caller is told if the interceptors do not answer. */
		UdsException unanswered(boolean closed);

		/** Its end, of which no code of the application is told on this thread. */
		void expire(UdsException failure);

	}

	private static final class Entry {

		private final Call call;

		private final CompletableFuture<UdsClientResponse> outcome;

		private final SureExecutor executor;

		private final boolean timed;

		/** When the client was closed, if the call was there before. */
		private volatile long closedAt = CallRequest.NO_DEADLINE;

		private Entry(Call call, CompletableFuture<UdsClientResponse> outcome, SureExecutor executor, boolean timed) {
			this.call = call;
			this.outcome = outcome;
			this.executor = executor;
			this.timed = timed;
		}

		private long due(boolean closed, long now) {
			long due = this.call.deadline();
			if (closed) {
				if (this.closedAt == CallRequest.NO_DEADLINE) {
					// came with the end of the clock
					return now;
				}
				due = this.closedAt;
			}
			return (due != CallRequest.NO_DEADLINE && this.call.isAttempted()) ? due + GRACE_NANOS : due;
		}

		private void end(boolean closed) {
			try {
				UdsException failure = this.call.unanswered(closed);
				this.call.expire(failure);
				this.executor.execute(() -> this.outcome.completeExceptionally(failure));
			}
			catch (Throwable ex) {
				LostFailures.log("A call whose interceptors do not answer could not be ended", ex);
			}
		}

	}

}
