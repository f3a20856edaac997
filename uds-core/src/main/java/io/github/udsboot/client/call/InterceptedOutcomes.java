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
 * they do: ends them when their time is up, or with the client. Checked by the client's
 * I/O thread. Thread-safe.
 */
public final class InterceptedOutcomes {

	/** How long interceptors may take to pass on the outcome of an attempt. */
	private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

	/** How many of the calls have a deadline. */
	private final AtomicInteger timed = new AtomicInteger();

	private final long epoch = System.nanoTime();

	/** A lower bound of when entries are due, counted from the epoch. */
	private final AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);

	private volatile boolean closed;

	/** Return whether {@link #expire} must be called from time to time. */
	public boolean isNeeded() {
		return this.timed.get() > 0;
	}

	/** Return whether calls of a closed client wait for their end. */
	public boolean isOwed() {
		return this.closed && !this.entries.isEmpty();
	}

	/** For tests. */
	public int size() {
		return this.entries.size();
	}

	/**
	 * Add a call. It is removed with its outcome.
	 * @param call the call
	 * @param outcome the outcome that its interceptors complete
	 * @param executor completes the outcome if they do not
	 * @return {@code false} if the client is closed: the caller must then call
	 * {@link #expire}
	 */
	public boolean add(Call call, CompletableFuture<UdsClientResponse> outcome, SureExecutor executor) {
		Entry entry = new Entry(call, outcome, executor, call.deadline() != CallRequest.NO_DEADLINE);
		if (entry.timed) {
			this.timed.incrementAndGet();
		}
		this.entries.add(entry);
		// not whenComplete, which would call toString() on a failure
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
		// a call added from here on corrects it
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
	 * End the calls, as the client is closed.
	 * @param clock whether a clock runs: calls that were made then get a moment for their
	 * own outcome
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

	/** Return the failure for a caller whose interceptors do not answer. */
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
	 * A call with interceptors around it.
	 */
	public interface Call {

		/**
		 * Return when the call must be over, or {@link CallRequest#NO_DEADLINE}. May
		 * change.
		 */
		long deadline();

		/** Return whether the interceptors have made the call, even without success. */
		boolean isAttempted();

		/** Return the failure for its caller if the interceptors do not answer. */
		UdsException unanswered(boolean closed);

		/** End the call, without calling application code on this thread. */
		void expire(UdsException failure);

	}

	private static final class Entry {

		private final Call call;

		private final CompletableFuture<UdsClientResponse> outcome;

		private final SureExecutor executor;

		private final boolean timed;

		/** When the client was closed, if the call was added before. */
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
					// the call was added as the clock ended
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
