package io.github.udsboot.client;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsException;
import io.github.udsboot.stream.ItemInbox;
import io.github.udsboot.stream.ItemSource;

/**
 * A streaming call as its caller has it: what it sends, what arrives for it, and how it
 * is ended early, be it before the connection is there.
 */
final class StreamCall implements ItemInbox.Control {

	/** So many items wait here for whoever takes them. */
	private static final int MAX_WAITING = 1024;

	private static final long MAX_BYTES = 256 << 10;

	private final String route;

	private final String path;

	private final boolean oneAnswer;

	private final ItemInbox inbox = new ItemInbox(MAX_WAITING, MAX_BYTES, this);

	private final Object lock = new Object();

	/** Guarded by the lock, as are the two fields below: whoever takes it closes it. */
	private @Nullable ItemSource items;

	/** The thread that waits for a connection, if it is one of ours. */
	private @Nullable Thread opening;

	private @Nullable UdsException stopped;

	/** Written under the lock. */
	private volatile @Nullable ClientStream stream;

	/**
	 * Create a call.
	 * @param items what the client sends, {@code null} if it sends no items
	 * @param oneAnswer whether the first thing that the server sends is all that is
	 * wanted
	 */
	StreamCall(String route, String path, @Nullable ItemSource items, boolean oneAnswer) {
		this.route = route;
		this.path = path;
		this.items = items;
		this.oneAnswer = oneAnswer;
	}

	String route() {
		return this.route;
	}

	String path() {
		return this.path;
	}

	boolean wantsOneAnswer() {
		return this.oneAnswer;
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

	// --- by whoever opens it

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
	void waitsNoMore() {
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
		waitsNoMore();
		synchronized (this.lock) {
			if (this.stopped != null) {
				throw this.stopped;
			}
			this.stream = stream;
			ItemSource items = this.items;
			this.items = null;
			return items;
		}
	}

	/** Return why the call could not be opened. */
	Throwable reason(Throwable failure) {
		synchronized (this.lock) {
			return (this.stopped != null) ? this.stopped : failure;
		}
	}

	// --- the end

	/** Nobody wants the rest: the server sees the end of the connection. */
	@Override
	public void cancelled() {
		ClientStream stream = this.stream;
		if (stream == null || !stream.isOver()) {
			stop(new UdsCancelledException("The caller has cancelled the call", this.route, this.path, null));
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

	/** No more comes, after what has arrived. */
	void end(@Nullable RuntimeException failure) {
		this.inbox.end(failure);
		cancelled();
		ItemSource unsent;
		synchronized (this.lock) {
			unsent = this.items;
			this.items = null;
		}
		if (unsent != null) {
			unsent.close();
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
