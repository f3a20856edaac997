package io.github.udsboot.listener.dispatch;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsDeadline;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.guard.SureExecutor;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.interceptor.PeerContext.Scope;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.UnencodableFrameException;
import io.github.udsboot.stream.ItemSource;

/**
 * One accepted request, from its dispatch to its one outcome. A reply given while the
 * handler runs on the event loop is held until it is known whether the loop is still
 * owned, to be written together with others; any other reply is written at once.
 *
 * <p>
 * One class, because a call is one object: as parts of their own, its memory, its run and
 * its answer would be allocated for every call.
 */
public abstract class ServerCall extends CallState implements DroppableTask, UdsReplyCallback {

	/** Approximate memory of a call besides its payload and metadata. */
	private static final long OVERHEAD = 1 << 10;

	/** Approximate memory of a metadata entry besides its text. */
	private static final long OVERHEAD_OF_ENTRY = 128;

	private static final AtomicLongFieldUpdater<ServerCall> MEMORY = AtomicLongFieldUpdater.newUpdater(ServerCall.class,
			"memory");

	private final HandlerRunner runner;

	private final LoopConnection connection;

	private final UdsRequestHandler handler;

	private final UdsRequest request;

	private final Map<String, String> variables;

	private final long startedAt;

	/** The thread that runs the handler on the loop; compared by that thread only. */
	private @Nullable Thread inlineThread;

	/**
	 * Present if the handler usually runs on the loop, but not for this call; written
	 * before the call has a thread.
	 */
	private @Nullable InlineHistory history;

	private @Nullable UdsReply heldReply;

	private boolean undispatched;

	/** The memory that the call has reserved. */
	private volatile long memory;

	/** The connection was closed while the call had no outcome. */
	private volatile boolean orphaned;

	public ServerCall(HandlerRunner runner, LoopConnection connection, UdsRequestHandler handler, UdsRequest request,
			Map<String, String> variables, long startedAt) {
		this.runner = runner;
		this.connection = connection;
		this.handler = handler;
		this.request = request;
		this.variables = variables;
		this.startedAt = startedAt;
	}

	public UdsRequestHandler handler() {
		return this.handler;
	}

	// --- memory

	/** Return approximately how much memory the request takes. */
	long size() {
		long size = OVERHEAD + this.request.payload().length;
		if (!this.request.metadata().isEmpty()) {
			for (Map.Entry<String, List<String>> entry : this.request.metadata().entrySet()) {
				size += entry.getKey().length();
				for (String value : entry.getValue()) {
					size += OVERHEAD_OF_ENTRY + value.length();
				}
			}
		}
		return size;
	}

	int payloadSize() {
		return this.request.payload().length;
	}

	/**
	 * Reserve the memory of the request until the call is over.
	 * @return {@code false} if there is too little
	 */
	boolean tryReserve() {
		long size = size();
		if (!this.connection.requestMemory().tryAdd(size)) {
			return false;
		}
		this.memory = size;
		return true;
	}

	/** Reserve the memory of a request that its handler has seen and keeps. */
	private void reserveLate() {
		long size = size();
		this.connection.requestMemory().add(size);
		this.memory = size;
		// first the memory, then the check: a thread that gives the outcome uses the
		// reverse order
		if (isOver()) {
			releaseMemory();
		}
	}

	/** Release the memory, as the call is over. */
	public void releaseMemory() {
		if (this.memory != 0) {
			long memory = MEMORY.getAndSet(this, 0);
			if (memory != 0) {
				this.connection.requestMemory().remove(memory);
			}
		}
	}

	/**
	 * Have the handler's history learn from this call, which runs off the loop.
	 */
	void teaches(InlineHistory history) {
		this.history = history;
	}

	/** Run on the event loop; {@link #finishInline} must follow. */
	void runInline() {
		this.inlineThread = Thread.currentThread();
		run();
	}

	void finishInline(boolean ownsLoop) {
		this.inlineThread = null;
		UdsReply reply = this.heldReply;
		this.heldReply = null;
		if (reply != null) {
			send(reply, ownsLoop);
		}
		else if (this.memory == 0) {
			reserveLate();
		}
	}

	@Override
	public void run() {
		try {
			if (isTimeOver()) {
				cutOff();
			}
			else if (!isUnwanted() && enter()) {
				handle();
			}
		}
		finally {
			leave();
		}
	}

	private void handle() {
		try {
			if (isExpired()) {
				refuse(Status.DEADLINE_EXCEEDED, "The deadline passed before a handler could run");
				return;
			}
			// an executor may give its tasks a context that contains another call's
			// deadline
			UdsDeadline foreign = UdsDeadline.current();
			boolean limited = hasDeadline();
			if (limited || foreign != null) {
				UdsDeadline.setCurrent(limited ? UdsDeadline.atNanoTime(this.request.deadlineNanos()) : null);
			}
			InlineHistory history = this.history;
			long begun = (history != null) ? System.nanoTime() : 0;
			boolean counts = history != null && history.prefersPool(begun);
			try {
				handleInContext();
			}
			finally {
				if (history != null && counts) {
					history.returnedOnPool(begun, System.nanoTime());
				}
				if (limited || foreign != null) {
					UdsDeadline.setCurrent(foreign);
				}
			}
		}
		catch (Throwable ex) {
			if (isWithdrawn()) {
				return;
			}
			this.runner.log().failed(this.handler, this.request, ex);
			reply(UdsReply.failed(Status.INTERNAL, "The handler failed"));
		}
	}

	private void handleInContext() {
		ConnectionContext context = context();
		if (context == null) {
			this.runner.handle(this.handler, this.request, this.variables, this);
			return;
		}
		Scope scope = context.open();
		try {
			this.runner.handle(this.handler, this.request, this.variables, this);
		}
		finally {
			scope.close();
		}
	}

	@Override
	public Scope openContext() {
		ConnectionContext context = context();
		return (context != null) ? context.open() : Scope.NONE;
	}

	/** Answer in place of the handler, which has not seen the request. */
	void refuse(Status status, String message) {
		this.undispatched = true;
		reply(UdsReply.failed(status, message));
	}

	/**
	 * Answer the call, as no thread takes it, or count it out if it was withdrawn before.
	 */
	@Override
	public void dropped() {
		try {
			refuse(Status.UNAVAILABLE, HandlerRunner.NO_THREAD);
		}
		finally {
			leave();
		}
	}

	/** Return whether the listener is stopping and the call must not begin any more. */
	public boolean isTimeOver() {
		return this.runner.unfinished().isOver();
	}

	/**
	 * Return whether the call is about to be withdrawn together with others, and must not
	 * begin when those make room for it.
	 */
	public boolean isUnwanted() {
		return false;
	}

	/**
	 * End the call before its handler does, and stop the handler.
	 * @param status the status to record
	 * @param message the message for a handler that waits for items
	 * @return whether the peer has no outcome, and will get none from this call
	 */
	public abstract boolean abort(Status status, String message);

	/** Note that the connection is closed while the call continues. */
	public void orphan() {
		this.orphaned = true;
		this.runner.unfinished().orphaned(this, this::isTimeOver);
	}

	/** Return the share of the call's connection. */
	public abstract PeerShare share();

	/**
	 * Return the contexts of the call's connection, {@code null} if there are none.
	 */
	public abstract @Nullable ConnectionContext context();

	/** Return the kind of work that the call counts as if it is cut off. */
	public abstract ServedConnection.Work work();

	/** End the call, whose time was up before it had a thread. */
	private void cutOff() {
		if (takeOutcome()) {
			this.undispatched = true;
			this.runner.unfinished().cutOff(work());
			deliver(UdsReply.failed(Status.UNAVAILABLE, ServedConnection.REASON));
		}
	}

	private boolean hasDeadline() {
		return this.request.deadlineNanos() != UdsRequest.NO_DEADLINE;
	}

	private boolean isExpired() {
		return isExpired(System.nanoTime());
	}

	public boolean isExpired(long now) {
		return hasDeadline() && this.request.deadlineNanos() - now <= 0;
	}

	public long deadlineNanos() {
		return this.request.deadlineNanos();
	}

	@Override
	public void reply(UdsReply reply) {
		if (takeOutcome()) {
			deliver(reply);
		}
	}

	private void deliver(UdsReply reply) {
		if (this.inlineThread == Thread.currentThread()) {
			this.heldReply = reply;
		}
		else {
			send(reply, false);
		}
	}

	@Override
	public void stream(ItemSource items, Function<Throwable, UdsReply> failures) {
		if (!takeOutcome()) {
			items.close();
			return;
		}
		try {
			startStream(items, failures);
		}
		catch (Throwable ex) {
			// the outcome is taken, so nothing else gives one
			this.runner.log().failed(this.handler, this.request, ex);
			refuseItems(items, UdsReply.failed(Status.INTERNAL, "The stream of items could not begin"));
		}
	}

	/**
	 * Answer with items; {@link #send} or {@link #giveUp} must follow eventually. May
	 * throw only as long as nothing else has the items.
	 */
	public void startStream(ItemSource items, Function<Throwable, UdsReply> failures) {
		refuseItems(items, UdsReply.failed(Status.UNIMPLEMENTED, "This protocol has no streams"));
	}

	/** Send a reply in place of items, whatever closing them throws. Throws nothing. */
	public void refuseItems(ItemSource items, UdsReply reply) {
		try {
			items.close();
		}
		catch (Throwable ex) {
			LostFailures.log("A stream of items that is no answer could not be closed", ex);
		}
		send(reply, false);
	}

	@Override
	public void onCancel(Runnable action) {
		whenWithdrawn(action);
	}

	@Override
	public @Nullable Status cancelled() {
		// the deadline may have passed just before its timer runs
		return isExpired() ? Status.DEADLINE_EXCEEDED : isWithdrawn() ? Status.CANCELLED : null;
	}

	@Override
	void countOut(Status status) {
		this.runner.ended(this, status, System.nanoTime() - this.startedAt);
		this.connection.endRequest();
		releaseMemory();
	}

	@Override
	public void lingers(boolean begins) {
		this.runner.unfinished().lingers(this, begins);
	}

	@Override
	void runElsewhere(Runnable cancellation) {
		// this thread may be one that is stopping an event loop
		SureExecutor.of((task) -> this.runner.executeOffLoop(ConnectionContext.bind(context(), task)))
			.execute(cancellation);
	}

	public HandlerRunner runner() {
		return this.runner;
	}

	public LoopConnection connection() {
		return this.connection;
	}

	/** Send the outcome. Throws nothing, as the calling thread may have lost the loop. */
	public void send(UdsReply reply, boolean ownsLoop) {
		boolean ended = false;
		try {
			UdsReply outcome = reply;
			EncodedFrame frame;
			try {
				frame = encode(outcome, this.undispatched);
			}
			catch (FrameTooLargeException ex) {
				outcome = isDetailed(reply) ? withoutDetails(reply, ex)
						: unsendable(Status.RESOURCE_EXHAUSTED, "The answer is too large. ", ex);
				frame = encode(outcome, false);
			}
			catch (UnencodableFrameException ex) {
				outcome = unsendable(Status.INTERNAL, "The answer cannot be expressed in this protocol. ", ex);
				frame = encode(outcome, false);
			}
			ended = true;
			this.runner.ended(this, outcome.status(), System.nanoTime() - this.startedAt);
			write(frame, ownsLoop);
			written(outcome, frame != null, ownsLoop);
		}
		catch (Throwable ex) {
			if (!ended) {
				this.runner.ended(this, Status.INTERNAL, System.nanoTime() - this.startedAt);
			}
			this.connection.abandon(ex);
			this.runner.log().failed(this.handler, this.request, ex);
		}
		finally {
			releaseMemory();
			if (this.orphaned) {
				this.runner.unfinished().noOrphan(this);
			}
		}
	}

	private static boolean isDetailed(UdsReply reply) {
		return reply.status() != Status.OK && !reply.details().isEmpty();
	}

	/**
	 * Return the failure without its details: that always fits a frame, and tells more
	 * than a failure about the size.
	 */
	private UdsReply withoutDetails(UdsReply reply, FrameTooLargeException cause) {
		this.runner.log().detailsLeftOut(this.handler, cause);
		return UdsReply.failed(reply.status(), reply.message());
	}

	private UdsReply unsendable(Status status, String message, RuntimeException cause) {
		this.runner.log().unsendable(this.handler, this.request, cause);
		return UdsReply.failed(status, message + cause.getMessage());
	}

	private void write(@Nullable EncodedFrame frame, boolean ownsLoop) {
		if (frame == null) {
			this.connection.endRequest();
		}
		else if (ownsLoop) {
			this.connection.corkAnswer(frame);
		}
		else {
			this.connection.answer(frame);
		}
	}

	/**
	 * Encode the outcome.
	 * @param reply the outcome
	 * @param undispatched whether no handler has seen the request
	 * @return the frame, or {@code null} to send nothing
	 */
	public abstract @Nullable EncodedFrame encode(UdsReply reply, boolean undispatched);

	/**
	 * Note that the outcome was written, or left to be written.
	 * @param reply the outcome
	 * @param told whether the peer is told anything
	 * @param ownsLoop whether this is the thread that owns the connection's loop
	 */
	public void written(UdsReply reply, boolean told, boolean ownsLoop) {
	}

}
