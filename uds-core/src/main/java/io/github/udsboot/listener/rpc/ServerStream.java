package io.github.udsboot.listener.rpc;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.StreamStall;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.memory.MemoryHold;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.stream.ItemInbox;
import io.github.udsboot.stream.ItemInput;
import io.github.udsboot.stream.ItemPump;

/**
 * A request during which items arrive or leave, as far as the connection must know it.
 * Items are added by the loop's owner; everything else is for any thread.
 */
final class ServerStream implements ItemInbox.Control {

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

	private final ServerConnection owner;

	private final LoopConnection connection;

	private final Kind kind;

	private final boolean ownsConnection;

	/** Present if the stream has a connection of its own. */
	private final @Nullable StreamStall stall;

	/** Whether only a drain limits the time that the stream may take. */
	private final boolean openEnded;

	private final @Nullable ItemInbox inbox;

	private final MemoryHold memory;

	private final Object lock = new Object();

	/** Guarded by the lock, as are the fields below. */
	private @Nullable ItemPump pump;

	private boolean over;

	/**
	 * The reply that the call has to give, if it gives one after the stream was aborted.
	 */
	private @Nullable UdsReply aborted;

	private @Nullable RequestCall call;

	/** The client has sent everything; belongs to the loop's owner. */
	private boolean inputOver;

	private volatile boolean overflowing;

	/**
	 * Create a stream.
	 * @param ownsConnection whether the connection has nothing else, so that reading from
	 * it may stop while the handler is slow
	 * @param takesItems whether the handler takes items
	 */
	ServerStream(ServerConnection owner, RequestFrame request, boolean ownsConnection, boolean takesItems) {
		this.owner = owner;
		this.connection = owner.connection();
		this.kind = request.kind();
		this.ownsConnection = ownsConnection;
		this.stall = ownsConnection ? this.connection.beginStream() : null;
		this.openEnded = this.kind.isStream() && request.timeoutNanos() == 0;
		ItemInbox inbox = takesItems ? newInbox() : null;
		this.inbox = inbox;
		this.memory = this.connection.newHold((inbox != null) ? inbox::heldBytes : () -> 0);
		if (this.inbox != null && (this.kind != Kind.OPEN_STREAM || request.payload().length > 0)) {
			this.inbox.add(request.payload());
		}
		if (this.kind != Kind.OPEN_STREAM) {
			endInput();
		}
	}

	void belongTo(RequestCall call) {
		synchronized (this.lock) {
			this.call = call;
		}
	}

	/** Return whether the client expects items in return. */
	boolean answersWithItems() {
		return this.kind.isStream();
	}

	boolean isOpenEnded() {
		return this.openEnded;
	}

	/** Return whether the last data was not taken because too much waits. */
	boolean isOverflowing() {
		return this.overflowing;
	}

	@Nullable ItemInput input(Executor executor) {
		return (this.inbox != null) ? new ItemInput(this.inbox, executor,
				() -> new UdsStatusException(Status.CANCELLED, "The handler was interrupted")) : null;
	}

	/**
	 * Create an inbox. On a shared connection, which cannot be held, only memory counts.
	 */
	private ItemInbox newInbox() {
		return this.ownsConnection ? new ItemInbox(MAX_WAITING, MAX_BYTES, this)
				: new ItemInbox(Integer.MAX_VALUE, MAX_BYTES_AMONG_OTHERS, this);
	}

	// --- by the loop's owner

	private void endInput() {
		this.inputOver = true;
		if (this.inbox != null) {
			this.inbox.end(null);
		}
	}

	/**
	 * Take data that the client sends.
	 * @return {@code null}, or the reason why the stream is over
	 */
	@Nullable String take(DataFrame data) {
		if (this.inbox == null || this.inputOver) {
			return "Stream is closed: no more data was expected";
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
				this.overflowing = true;
				return "The server has no memory for the items that wait for the handler: it may hold a part of its"
						+ " memory for this user, and that is taken";
			}
			if (!this.ownsConnection && isTooMuch(room)) {
				this.overflowing = true;
				return "The handler is slow: " + MAX_BYTES_AMONG_OTHERS + " bytes may wait for it, and "
						+ MAX_BYTES_OF_CONNECTION + " for all handlers of streams on this connection";
			}
		}
		if (data.last()) {
			endInput();
		}
		return null;
	}

	/** Return how much memory is taken by items that wait for the handler. */
	long waitingBytes() {
		return (this.inbox != null) ? this.inbox.bytes() : 0;
	}

	private boolean isTooMuch(boolean room) {
		return !room || (waitingBytes() > FAIR_SHARE && this.owner.waitingBytesOfStreams() > MAX_BYTES_OF_CONNECTION);
	}

	/**
	 * End the stream early.
	 * @return whether the stream was not answered, and never will be by its call
	 */
	boolean abort(Status status, String message) {
		ItemPump pump;
		RequestCall call;
		synchronized (this.lock) {
			if (this.over) {
				return false;
			}
			this.over = true;
			this.aborted = UdsReply.failed(status, message);
			pump = this.pump;
			call = this.call;
		}
		this.owner.streamOver(this);
		// first the outcome, as a handler that sees its items end might give one
		boolean seized = pump == null && call != null && call.seize();
		Runnable listener = (this.inbox != null) ? this.inbox.endSilently(new UdsStatusException(status, message))
				: null;
		if (pump != null) {
			// a failure of the input must not cross the cancellation of the output made
			// from it: a cancelled pipeline has no receiver for a failure
			pump.cancel(listener);
		}
		else if (listener != null) {
			listener.run();
		}
		if (call == null || (pump == null && !seized)) {
			return false;
		}
		if (seized) {
			call.stopHandler();
		}
		this.owner.removed(call);
		call.giveUp(status);
		written();
		return true;
	}

	// --- by the call

	/**
	 * Begin to send items.
	 * @return {@code null}, or the reply for the caller instead: the stream was aborted,
	 * so the pump must be cancelled
	 */
	@Nullable UdsReply begin(ItemPump pump) {
		synchronized (this.lock) {
			if (this.aborted == null) {
				this.pump = pump;
			}
			return this.aborted;
		}
	}

	/**
	 * Note that the answer is complete.
	 * @return {@code false} if the stream was aborted meanwhile
	 */
	boolean end() {
		synchronized (this.lock) {
			if (this.over) {
				return false;
			}
			this.over = true;
		}
		this.owner.streamOver(this);
		if (this.inbox != null) {
			this.inbox.cancel();
		}
		return true;
	}

	/** Note that the last bytes of the stream were left to be written. */
	void written() {
		if (this.stall != null) {
			this.stall.end();
		}
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

	/** Drop what the client sends from now on: that it continues is no error. */
	@Override
	public void cancelled() {
		release();
	}

}
