package io.github.udsboot.client.rpc;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsException;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.ClientInterceptorChain;
import io.github.udsboot.client.call.InterceptedOutcomes;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.stream.ItemInbox;
import io.github.udsboot.stream.ItemSource;

/**
 * A streaming call as its caller has it: what it sends, what arrives for it, and how it
 * is ended early, be it before the connection is there.
 */
final class StreamCall implements ItemInbox.Control, InterceptedOutcomes.Call {

	/** So many items wait here for whoever takes them. */
	private static final int MAX_WAITING = 1024;

	private static final long MAX_BYTES = 256 << 10;

	private static final UdsClientResponse NOTHING = new UdsClientResponse(new byte[0]);

	private final CallRequest request;

	private final ClientInterceptorChain interceptors;

	private final boolean oneAnswer;

	private final ItemInbox inbox = new ItemInbox(MAX_WAITING, MAX_BYTES, this);

	private final Object lock = new Object();

	/** Guarded by the lock, as are the fields below: whoever takes it closes it. */
	private @Nullable ItemSource items;

	private boolean sentItems;

	private long deadline;

	/** The last attempt to make the call. */
	private @Nullable StreamAttempt attempt;

	/** The thread that makes the call, as long as it does. */
	private @Nullable Thread caller;

	/** The thread that waits for a connection, if it is one of ours. */
	private @Nullable Thread opening;

	private @Nullable UdsException stopped;

	/** Written under the lock. */
	private volatile @Nullable ClientStream stream;

	private volatile boolean over;

	/**
	 * Create a call.
	 * @param request what the caller asked for
	 * @param interceptors those of the client, for what they make of a failure
	 * @param items what the client sends, {@code null} if it sends no items
	 * @param oneAnswer whether the first thing that the server sends is all that is
	 * wanted
	 */
	StreamCall(CallRequest request, ClientInterceptorChain interceptors, @Nullable ItemSource items,
			boolean oneAnswer) {
		this.request = request;
		this.interceptors = interceptors;
		this.items = items;
		this.oneAnswer = oneAnswer;
		this.deadline = request.deadline();
	}

	CallRequest request() {
		return this.request;
	}

	String route() {
		return this.request.route();
	}

	String path() {
		return this.interceptors.path();
	}

	boolean wantsOneAnswer() {
		return this.oneAnswer;
	}

	boolean isIntercepted() {
		return !this.interceptors.isEmpty();
	}

	ItemInbox inbox() {
		return this.inbox;
	}

	boolean sendsItems() {
		synchronized (this.lock) {
			return this.items != null;
		}
	}

	/** Return whether the request was sent. */
	boolean isOpen() {
		return this.stream != null;
	}

	// --- by the interceptors

	/** The current thread makes the call, or none does any more. */
	void setCaller(@Nullable Thread caller) {
		synchronized (this.lock) {
			this.caller = caller;
		}
	}

	/** Return whether the current thread is one that waits for the call. */
	boolean isOnCaller() {
		synchronized (this.lock) {
			return this.caller == Thread.currentThread();
		}
	}

	/**
	 * Make the call, or make it again.
	 * @param next the attempt to do so
	 * @param deadline the deadline of the attempt
	 * @return the same, or the attempt that there is: what has come or gone cannot come
	 * or go again
	 */
	StreamAttempt attempt(StreamAttempt next, long deadline) {
		synchronized (this.lock) {
			StreamAttempt last = this.attempt;
			if (last != null && (!last.outcome().isCompletedExceptionally() || this.sentItems)) {
				return last;
			}
			if (!this.inbox.changeSender(next) && last != null) {
				return last;
			}
			this.attempt = next;
			// an interceptor may give a call more time than its caller did
			if (this.deadline != CallRequest.NO_DEADLINE
					&& (deadline == CallRequest.NO_DEADLINE || deadline - this.deadline > 0)) {
				this.deadline = deadline;
			}
			return next;
		}
	}

	/** Return how long a thread may wait for the call. */
	@Override
	public long deadline() {
		synchronized (this.lock) {
			return this.deadline;
		}
	}

	@Override
	public boolean isAttempted() {
		synchronized (this.lock) {
			return this.attempt != null;
		}
	}

	@Override
	public UdsException unanswered(boolean closed) {
		return InterceptedOutcomes.unanswered(closed, route(), this.interceptors);
	}

	// --- by whoever opens it

	/**
	 * Go on only if somebody wants the call.
	 * @throws UdsException if nobody does
	 */
	void requireWanted() {
		synchronized (this.lock) {
			if (this.stopped != null) {
				throw this.stopped;
			}
		}
	}

	/** A thread that nobody else knows begins to wait for the connection. */
	void waitsOnCurrentThread() {
		synchronized (this.lock) {
			if (this.stopped != null) {
				throw this.stopped;
			}
			this.opening = Thread.currentThread();
		}
	}

	/** The thread has done its part; an interrupt must not reach what it does next. */
	void clearOpeningThread() {
		synchronized (this.lock) {
			if (this.opening != null) {
				this.opening = null;
				Thread.interrupted();
			}
		}
	}

	/**
	 * The connection is there.
	 * @return what is to be sent, {@code null} if there are no items
	 * @throws UdsException if nobody wants the call any more
	 */
	@Nullable ItemSource opened(ClientStream stream) {
		clearOpeningThread();
		synchronized (this.lock) {
			if (this.stopped != null) {
				throw this.stopped;
			}
			this.stream = stream;
			ItemSource items = this.items;
			this.items = null;
			this.sentItems = items != null;
			return items;
		}
	}

	/** Return why the call could not be opened. */
	Throwable reason(Throwable failure) {
		synchronized (this.lock) {
			return (this.stopped != null) ? this.stopped : failure;
		}
	}

	// --- by the stream

	/** Return the answer to a call that has one. */
	UdsClientResponse answer() {
		byte[] answer = this.oneAnswer ? this.inbox.poll() : null;
		return (answer != null) ? new UdsClientResponse(answer) : NOTHING;
	}

	// --- the end

	/** Nobody wants the rest: the server sees the end of the connection. */
	@Override
	public void cancelled() {
		if (!this.over) {
			stop(new UdsCancelledException("The caller has cancelled the call", route(), path(), null));
		}
	}

	/** End the call early, whatever state it is in. */
	void stop(UdsException reason) {
		ClientStream stream;
		synchronized (this.lock) {
			if (this.stopped == null) {
				this.stopped = reason;
			}
			if (this.opening != null) {
				this.opening.interrupt();
			}
			stream = this.stream;
		}
		if (stream != null) {
			stream.fail(reason);
		}
	}

	/**
	 * The call is over for its interceptors, and now for its caller. Throws nothing: who
	 * waits for the items would wait for good.
	 */
	void end(@Nullable UdsClientResponse response, @Nullable Throwable failure) {
		endWithItems(response, failure);
		closeUnsent();
	}

	/** What was not sent is closed elsewhere, as that is code of the application. */
	@Override
	public void expire(UdsException failure) {
		// before the caller is told: nothing is to begin after that
		stop(failure);
		endWithItems(null, failure);
	}

	private void endWithItems(@Nullable UdsClientResponse response, @Nullable Throwable failure) {
		try {
			endItems(response, failure);
			this.over = true;
			ClientStream stream = this.stream;
			if (stream == null || !stream.isOver()) {
				// an interceptor did not wait for what it began
				stop(new UdsCancelledException("The call was ended without its outcome", route(), path(), null));
			}
		}
		catch (Throwable ex) {
			LostFailures.log("The end of a stream could not be told", ex);
		}
	}

	/**
	 * The deadline of an attempt has passed, and its interceptors have had the time to
	 * say so: their threads may be busy with other calls.
	 */
	void expire(StreamAttempt last, UdsException failure) {
		synchronized (this.lock) {
			if (this.attempt != last
					|| (this.deadline != CallRequest.NO_DEADLINE && this.deadline - System.nanoTime() > 0)) {
				return;
			}
		}
		expire(failure);
	}

	private void endItems(@Nullable UdsClientResponse response, @Nullable Throwable failure) {
		if (failure != null) {
			this.inbox.end(this.interceptors.unchecked(failure, route()));
			return;
		}
		if (response != null && response.payload().length > 0 && this.inbox.changeSender(this)) {
			this.inbox.add(this, response.payload());
		}
		this.inbox.end(null);
	}

	private void closeUnsent() {
		ItemSource unsent;
		synchronized (this.lock) {
			unsent = this.items;
			this.items = null;
		}
		if (unsent != null) {
			try {
				unsent.close();
			}
			catch (Throwable ex) {
				LostFailures.log("A stream of items that was not sent could not be closed", ex);
			}
		}
	}

	// --- by the inbox

	@Override
	public void hold() {
		ClientStream stream = this.stream;
		if (stream != null) {
			stream.connection().hold();
		}
	}

	@Override
	public void release() {
		ClientStream stream = this.stream;
		if (stream != null) {
			stream.connection().release();
		}
	}

}
