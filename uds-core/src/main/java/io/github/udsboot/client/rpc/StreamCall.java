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
 * A streaming call from its caller's side: what it sends, what arrives for it, and how it
 * is ended early, even before there is a connection.
 *
 * <p>
 * One class, though a long one, because beginning an attempt, opening it and ending the
 * call decide under one lock which of them comes first.
 */
final class StreamCall implements ItemInbox.Control, InterceptedOutcomes.Call {

	/** How many items may wait here to be taken. */
	private static final int MAX_WAITING = 1024;

	private static final long MAX_BYTES = 256 << 10;

	private static final UdsClientResponse NOTHING = new UdsClientResponse(new byte[0]);

	private final CallRequest request;

	private final ClientInterceptorChain interceptors;

	private final boolean oneAnswer;

	private final ItemInbox inbox = new ItemInbox(MAX_WAITING, MAX_BYTES, this);

	private final Object lock = new Object();

	/**
	 * Guarded by the lock, as are the fields below: the thread that takes it closes it.
	 */
	private @Nullable ItemSource items;

	private boolean sentItems;

	private long deadline;

	/** The last attempt to make the call. */
	private @Nullable StreamAttempt attempt;

	/** The thread that waits for a connection, if it belongs to this client. */
	private @Nullable Thread opening;

	private @Nullable UdsException stopped;

	/** The attempt that has a connection. Written under the lock. */
	private volatile @Nullable StreamAttempt opened;

	private volatile boolean over;

	/**
	 * Create a call.
	 * @param request the caller's request
	 * @param interceptors the interceptors of the client, which may translate a failure
	 * @param items the items that the client sends, {@code null} if it sends none
	 * @param oneAnswer whether only the first item that the server sends is wanted
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
		return this.opened != null;
	}

	// --- by the interceptors

	/**
	 * Make the call, or make it again.
	 * @param next the next attempt
	 * @return the next attempt, or the previous one if items have already been received
	 * or sent, which cannot be repeated
	 */
	StreamAttempt startAttempt(StreamAttempt next) {
		long deadline = next.request().deadline();
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

	// --- by the opening thread

	/**
	 * Check that the call is still wanted.
	 * @throws UdsException if it is not
	 */
	void requireWanted() {
		synchronized (this.lock) {
			if (this.stopped != null) {
				throw this.stopped;
			}
		}
	}

	/** Note that a thread unknown to the caller begins to wait for the connection. */
	void waitsOnCurrentThread() {
		synchronized (this.lock) {
			if (this.stopped != null) {
				throw this.stopped;
			}
			this.opening = Thread.currentThread();
		}
	}

	/**
	 * Forget the thread, which has done its part; an interrupt must not reach its next
	 * work.
	 */
	void clearOpeningThread() {
		synchronized (this.lock) {
			if (this.opening != null) {
				this.opening = null;
				Thread.interrupted();
			}
		}
	}

	/**
	 * Note that the connection is open.
	 * @return the items to send, {@code null} if there are none
	 * @throws UdsException if the call is no longer wanted
	 */
	@Nullable ItemSource opened(StreamAttempt attempt) {
		clearOpeningThread();
		synchronized (this.lock) {
			if (this.stopped != null) {
				throw this.stopped;
			}
			this.opened = attempt;
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

	/**
	 * End the call, as the rest is not wanted: the server sees the end of the connection.
	 */
	@Override
	public void cancelled() {
		if (!this.over) {
			stop(new UdsCancelledException("The caller has cancelled the call", route(), path(), null));
		}
	}

	/** End the call early, whatever state it is in. */
	void stop(UdsException reason) {
		StreamAttempt opened;
		synchronized (this.lock) {
			if (this.stopped == null) {
				this.stopped = reason;
			}
			if (this.opening != null) {
				this.opening.interrupt();
			}
			opened = this.opened;
		}
		if (opened != null) {
			opened.fail(reason);
		}
	}

	/**
	 * End the call for its caller, after it has ended for its interceptors. Throws
	 * nothing: a thread that waits for the items would wait forever.
	 */
	void end(@Nullable UdsClientResponse response, @Nullable Throwable failure) {
		endWithItems(response, failure);
		closeUnsent();
	}

	/** Unsent items are closed elsewhere, as that runs application code. */
	@Override
	public void expire(UdsException failure) {
		// before the caller is told, after which nothing may begin
		stop(failure);
		endWithItems(null, failure);
	}

	private void endWithItems(@Nullable UdsClientResponse response, @Nullable Throwable failure) {
		try {
			endItems(response, failure);
			this.over = true;
			StreamAttempt opened = this.opened;
			if (opened == null || !opened.isOver()) {
				// an interceptor did not wait for the call that it began
				stop(new UdsCancelledException("The call was ended without its outcome", route(), path(), null));
			}
		}
		catch (Throwable ex) {
			LostFailures.log("The end of a stream could not be told", ex);
		}
	}

	/**
	 * End the call because the deadline of an attempt has passed, and its interceptors
	 * have had time to report that: their threads may be busy with other calls.
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
		StreamAttempt opened = this.opened;
		if (opened != null) {
			opened.connection().hold();
		}
	}

	@Override
	public void release() {
		StreamAttempt opened = this.opened;
		if (opened != null) {
			opened.connection().release();
		}
	}

}
