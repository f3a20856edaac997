package io.github.udsboot.listener.rpc;

import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.listener.dispatch.ServerCall;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.stream.ItemPump;
import io.github.udsboot.stream.ItemSource;

/**
 * A request on a stream of a multiplexed connection. Always answered: with one response,
 * or with items and their end.
 */
final class RequestCall extends ServerCall {

	private final ServerConnection connection;

	private final FrameWriter writer;

	private final long streamId;

	private final boolean oneWay;

	private final @Nullable ServerStream stream;

	/** The answer has begun as items, so that their end signals success. */
	private volatile boolean sendsItems;

	RequestCall(HandlerRunner runner, ServerConnection connection, FrameWriter writer, RequestFrame frame,
			UdsRequestHandler handler, UdsRequest request, Map<String, String> variables, long startedAt,
			@Nullable ServerStream stream) {
		super(runner, connection.connection(), handler, request, variables, startedAt);
		this.connection = connection;
		this.writer = writer;
		this.streamId = frame.streamId();
		this.oneWay = frame.kind() == Kind.ONE_WAY;
		this.stream = stream;
	}

	long streamId() {
		return this.streamId;
	}

	/**
	 * Return whether the caller never waited, so that it makes no difference if it is
	 * gone.
	 */
	boolean isOneWay() {
		return this.oneWay;
	}

	@Nullable ServerStream stream() {
		return this.stream;
	}

	/** Return whether only a drain limits the time that the call may take. */
	boolean isOpenEnded() {
		return this.stream != null && this.stream.isOpenEnded();
	}

	@Override
	public boolean isTimeOver() {
		return super.isTimeOver() || (isOpenEnded() && this.connection.areStreamsOver());
	}

	@Override
	public PeerShare share() {
		return this.connection.share();
	}

	@Override
	public ServedConnection.Work work() {
		return isOpenEnded() ? ServedConnection.Work.STREAM : ServedConnection.Work.CALL;
	}

	@Override
	public void releaseMemory() {
		super.releaseMemory();
		if (this.stream != null) {
			this.stream.releaseMemory();
		}
	}

	@Override
	public boolean isUnwanted() {
		return !this.oneWay && this.connection.isLost(this.stream != null);
	}

	@Override
	public boolean abort(Status status, String message) {
		if (this.stream != null) {
			return this.stream.abort(status, message);
		}
		if (!withdraw()) {
			return false;
		}
		this.connection.removed(this);
		giveUp(status);
		return true;
	}

	@Override
	public void lingers(boolean begins) {
		super.lingers(begins);
		if (begins) {
			this.connection.lingers();
		}
		else {
			this.connection.endLingering();
		}
	}

	@Override
	public EncodedFrame encode(UdsReply reply, boolean undispatched) {
		if (this.sendsItems && reply.status() == Status.OK) {
			return this.writer.encode(DataFrame.end(this.streamId));
		}
		return this.writer.encode(new ResponseFrame(this.streamId, reply.status(), reply.message(), reply.payload(),
				undispatched, reply.details()));
	}

	@Override
	public void startStream(ItemSource items, Function<Throwable, UdsReply> failures) {
		ServerStream stream = this.stream;
		if (stream == null || !stream.answersWithItems()) {
			refuseItems(items, UdsReply.failed(Status.UNIMPLEMENTED,
					"The route answers with a stream of items: call it as one, not for one answer"));
			return;
		}
		ItemPump pump = new ItemPump(items, new ReplyItems(this, failures),
				(task) -> runner().executeOffLoop(share(), task), () -> runner().unfinished().produces(this, false));
		this.sendsItems = true;
		try {
			runner().unfinished().produces(this, true);
			begin(stream, pump);
		}
		catch (Throwable ex) {
			// the pump has the items: it closes them, once, and reports the end
			pump.fail(ex);
		}
	}

	private void begin(ServerStream stream, ItemPump pump) {
		UdsReply aborted = stream.begin(pump);
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

	/** Leave an item to be written; {@code false} if it never will be. */
	boolean sendItem(byte[] item) {
		return connection().pushSoon(this.writer.encode(DataFrame.item(this.streamId, item)));
	}

	@Override
	public void written(UdsReply reply, boolean told, boolean ownsLoop) {
		if (this.stream != null) {
			this.stream.end();
			this.stream.written();
		}
		this.connection.removed(this);
	}

	/** End the items, unless the stream was aborted meanwhile. */
	void endItems(UdsReply reply) {
		if (this.stream != null && this.stream.end()) {
			send(reply, false);
		}
	}

}
