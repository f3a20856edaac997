package io.github.udsboot.listener.rpc;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.connection.StreamStall;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.stream.ItemPump;
import io.github.udsboot.stream.ItemSource;

/**
 * A call during which items arrive or leave. Ends once: with a response, with the end of
 * the handler's items, or {@linkplain #abort early}. Data is taken by the loop's owner;
 * everything else is for any thread.
 */
final class StreamingCall extends RequestCall {

	/** Whether the caller expects items in return. */
	private final boolean answersWithItems;

	/** Whether only a drain limits the time that the stream may take. */
	private final boolean openEnded;

	/** Present if the handler takes items. */
	private final @Nullable RequestItems items;

	/** Present if the stream has a connection of its own. */
	private final @Nullable StreamStall stall;

	/** The answer has begun as items, so that their end signals success. */
	private volatile boolean sendsItems;

	/**
	 * Guarded by the monitor, which decides the outcome as well; so are the fields below.
	 */
	private @Nullable ItemPump pump;

	private boolean ended;

	/** The reply to give if the handler's items come after the stream was aborted. */
	private @Nullable UdsReply aborted;

	StreamingCall(HandlerRunner runner, CallConnection owner, FrameWriter writer, RequestFrame frame,
			UdsRouter.Match match, UdsRequest request, long startedAt, @Nullable RequestItems items,
			@Nullable StreamStall stall) {
		super(runner, owner, writer, frame, match, request, startedAt);
		this.answersWithItems = frame.kind().isStream();
		this.openEnded = this.answersWithItems && frame.timeoutNanos() == 0;
		this.items = items;
		this.stall = stall;
	}

	boolean isOpenEnded() {
		return this.openEnded;
	}

	@Override
	public boolean isTimeOver() {
		return super.isTimeOver() || (this.openEnded && owner().areStreamsOver());
	}

	@Override
	public ServedConnection.Work work() {
		return this.openEnded ? ServedConnection.Work.STREAM : ServedConnection.Work.CALL;
	}

	@Override
	public boolean isUnwanted() {
		return !isOneWay() && owner().areStreamsLost();
	}

	@Override
	public void releaseMemory() {
		super.releaseMemory();
		if (this.items != null) {
			this.items.releaseMemory();
		}
	}

	// --- items from the caller

	/**
	 * Take data that the caller sends. Call on the loop's owner.
	 * @return {@code null}, or the reply with which the stream has to end
	 */
	@Nullable UdsReply take(DataFrame data) {
		return (this.items != null) ? this.items.take(data) : RequestItems.UNEXPECTED;
	}

	/** Return how much memory is taken by items that wait for the handler. */
	long waitingBytes() {
		return (this.items != null) ? this.items.waitingBytes() : 0;
	}

	// --- items to the caller

	@Override
	public void startStream(ItemSource items, Function<Throwable, UdsReply> failures) {
		if (!this.answersWithItems) {
			super.startStream(items, failures);
			return;
		}
		ItemPump pump = new ItemPump(items,
				new ReplyItems(connection(), writer(), streamId(), failures, this::endItems),
				(task) -> runner().executeOffLoop(share(), context(), task),
				() -> runner().unfinished().produces(this, false));
		this.sendsItems = true;
		try {
			runner().unfinished().produces(this, true);
			begin(pump);
		}
		catch (Throwable ex) {
			// the pump has the items: it closes them, once, and reports the end
			pump.fail(ex);
		}
	}

	private void begin(ItemPump pump) {
		UdsReply aborted;
		synchronized (this) {
			aborted = this.aborted;
			if (aborted == null) {
				this.pump = pump;
			}
		}
		if (aborted == null) {
			pump.schedule();
			return;
		}
		try {
			pump.cancel();
		}
		finally {
			// the stream was aborted when the call had its outcome, but not its pump yet
			send(aborted, false);
		}
	}

	/** Answer at the end of the items, unless the stream was aborted meanwhile. */
	private void endItems(UdsReply reply) {
		if (end()) {
			send(reply, false);
		}
	}

	@Override
	public EncodedFrame encode(UdsReply reply, boolean undispatched) {
		if (this.stall != null) {
			this.stall.queuesLast();
		}
		if (this.sendsItems && reply.status() == Status.OK) {
			return writer().encode(DataFrame.end(streamId()));
		}
		return super.encode(reply, undispatched);
	}

	// --- the end

	@Override
	public void written(UdsReply reply, boolean told, boolean ownsLoop) {
		end();
		endStall();
		super.written(reply, told, ownsLoop);
	}

	/**
	 * Note that the answer is complete.
	 * @return {@code false} if that is known, or the stream was aborted meanwhile
	 */
	private boolean end() {
		synchronized (this) {
			if (this.ended) {
				return false;
			}
			this.ended = true;
		}
		leaveOpenStreams();
		if (this.items != null) {
			this.items.drop();
		}
		return true;
	}

	@Override
	public boolean abort(Status status, String message) {
		ItemPump pump;
		boolean seized;
		synchronized (this) {
			if (this.ended) {
				return false;
			}
			this.ended = true;
			this.aborted = UdsReply.failed(status, message);
			pump = this.pump;
			// first the outcome, as a handler that sees its items end might give one
			seized = pump == null && seize();
		}
		leaveOpenStreams();
		Runnable listener = (this.items != null) ? this.items.fail(new UdsStatusException(status, message)) : null;
		if (pump != null) {
			// a failure of the input must not cross the cancellation of the output made
			// from it: a cancelled pipeline has no receiver for a failure
			pump.cancel(listener);
		}
		else if (listener != null) {
			listener.run();
		}
		if (pump == null && !seized) {
			return false;
		}
		if (seized) {
			stopHandler();
		}
		leaveUnanswered(status);
		endStall();
		return true;
	}

	private void leaveOpenStreams() {
		if (this.openEnded) {
			owner().openEndedStreamOver();
		}
	}

	/** Note that the last bytes of the stream were left to be written. */
	private void endStall() {
		if (this.stall != null) {
			this.stall.end();
		}
	}

}
