package io.github.udsboot.listener.rpc;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.memory.MemoryHold;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.stream.ItemInbox;
import io.github.udsboot.stream.ItemInput;

/**
 * The items that a caller sends with one request, on their way to the handler. While the
 * handler is slow, a connection that the stream has to itself is read no further; on a
 * shared one the stream has to end. Items are added by the loop's owner; everything else
 * is for any thread.
 */
final class RequestItems implements ItemInbox.Control {

	/** The reply to data for which there is no receiver. */
	static final UdsReply UNEXPECTED = UdsReply.failed(Status.INVALID_ARGUMENT,
			"Stream is closed: no more data was expected");

	/**
	 * How many items of a stream that can be held may wait: more would only cost memory.
	 */
	private static final int MAX_WAITING = 1024;

	private static final long MAX_BYTES = 256 << 10;

	private static final long MAX_BYTES_AMONG_OTHERS = 16 << 20;

	/** How many bytes of a stream may always wait. */
	private static final long FAIR_SHARE = 1 << 20;

	/**
	 * How many bytes of all streams of a connection may wait beyond that: more would hold
	 * too much memory for one peer.
	 */
	private static final long MAX_BYTES_OF_CONNECTION = 64 << 20;

	private final LoopConnection connection;

	private final boolean ownsConnection;

	private final LongSupplier waitingBytesOfStreams;

	private final ItemInbox inbox;

	private final MemoryHold memory;

	/** The caller has sent everything; belongs to the loop's owner. */
	private boolean complete;

	/**
	 * Create an instance.
	 * @param request the request, whose payload may be the first item
	 * @param ownsConnection whether the connection has nothing else, so that reading from
	 * it may stop while the handler is slow
	 * @param waitingBytesOfStreams returns how many bytes wait for all handlers of
	 * streams on the connection; called by the loop's owner
	 */
	RequestItems(RequestFrame request, LoopConnection connection, boolean ownsConnection,
			LongSupplier waitingBytesOfStreams) {
		this.connection = connection;
		this.ownsConnection = ownsConnection;
		this.waitingBytesOfStreams = waitingBytesOfStreams;
		this.inbox = newInbox();
		this.memory = connection.newHold(this.inbox::heldBytes);
		if (request.kind() != Kind.OPEN_STREAM || request.payload().length > 0) {
			this.inbox.add(request.payload());
		}
		if (request.kind() != Kind.OPEN_STREAM) {
			complete();
		}
	}

	/**
	 * Create an inbox. On a shared connection, which cannot be held, only memory counts.
	 */
	private ItemInbox newInbox() {
		return this.ownsConnection ? new ItemInbox(MAX_WAITING, MAX_BYTES, this)
				: new ItemInbox(Integer.MAX_VALUE, MAX_BYTES_AMONG_OTHERS, this);
	}

	/** Return what the handler takes the items from. */
	ItemInput input(Executor executor) {
		return new ItemInput(this.inbox, executor,
				() -> new UdsStatusException(Status.CANCELLED, "The handler was interrupted"));
	}

	// --- by the loop's owner

	private void complete() {
		this.complete = true;
		this.inbox.end(null);
	}

	/**
	 * Take data that the caller sends.
	 * @return {@code null}, or the reply with which the stream has to end
	 */
	@Nullable UdsReply take(DataFrame data) {
		if (this.complete) {
			return UNEXPECTED;
		}
		if (data.item()) {
			boolean room = this.inbox.add(data.payload());
			if (this.ownsConnection) {
				this.memory.cover(this.inbox.heldBytes());
				if (this.connection.isMemoryTight()) {
					this.inbox.hold();
				}
			}
			else if (!this.memory.tryCover(this.inbox.heldBytes())) {
				return UdsReply.failed(Status.RESOURCE_EXHAUSTED,
						"The server has no memory for the items that wait for the handler: it may hold a part of its"
								+ " memory for this user, and that is taken");
			}
			else if (isTooMuch(room)) {
				return UdsReply.failed(Status.RESOURCE_EXHAUSTED,
						"The handler is slow: " + MAX_BYTES_AMONG_OTHERS + " bytes may wait for it, and "
								+ MAX_BYTES_OF_CONNECTION + " for all handlers of streams on this connection");
			}
		}
		if (data.last()) {
			complete();
		}
		return null;
	}

	private boolean isTooMuch(boolean room) {
		return !room
				|| (waitingBytes() > FAIR_SHARE && this.waitingBytesOfStreams.getAsLong() > MAX_BYTES_OF_CONNECTION);
	}

	/** Return how much memory is taken by items that wait for the handler. */
	long waitingBytes() {
		return this.inbox.bytes();
	}

	// --- by the call

	/**
	 * End early.
	 * @param failure what the handler gets in place of further items
	 * @return tells the handler, unless {@code null}; runs application code
	 */
	@Nullable Runnable fail(UdsStatusException failure) {
		return this.inbox.endSilently(failure);
	}

	/** Drop all items, as the call is answered. */
	void drop() {
		this.inbox.cancel();
	}

	/** Release the memory, as the call is over. */
	void releaseMemory() {
		this.memory.close();
	}

	// --- by the consumer of the items

	@Override
	public void taken() {
		this.memory.settle();
	}

	@Override
	public void hold() {
		if (this.ownsConnection) {
			this.connection.hold();
		}
	}

	@Override
	public void release() {
		if (this.ownsConnection) {
			this.connection.release();
		}
	}

	/** Drop what the caller sends from now on: that it continues is no error. */
	@Override
	public void cancelled() {
		release();
	}

}
