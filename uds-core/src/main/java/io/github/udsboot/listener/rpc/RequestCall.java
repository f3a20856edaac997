package io.github.udsboot.listener.rpc;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.ConnectionContext;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.listener.dispatch.ServerCall;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.stream.ItemSource;

/**
 * A request of a multiplexed connection, which is one stream of it. Always answered: with
 * one response or, if it is a {@link StreamingCall}, with items and their end.
 * Thread-safe.
 */
class RequestCall extends ServerCall {

	private final CallConnection owner;

	private final FrameWriter writer;

	private final long streamId;

	private final boolean oneWay;

	RequestCall(HandlerRunner runner, CallConnection owner, FrameWriter writer, RequestFrame frame,
			UdsRouter.Match match, UdsRequest request, long startedAt) {
		super(runner, owner.connection(), match.handler(), request, match.variables(), startedAt);
		this.owner = owner;
		this.writer = writer;
		this.streamId = frame.streamId();
		this.oneWay = frame.kind() == Kind.ONE_WAY;
	}

	final CallConnection owner() {
		return this.owner;
	}

	final FrameWriter writer() {
		return this.writer;
	}

	final long streamId() {
		return this.streamId;
	}

	/**
	 * Return whether the caller never waited, so that it makes no difference if it is
	 * gone.
	 */
	final boolean isOneWay() {
		return this.oneWay;
	}

	@Override
	public final PeerShare share() {
		return this.owner.share();
	}

	@Override
	public final @Nullable ConnectionContext context() {
		return this.owner.context();
	}

	@Override
	public ServedConnection.Work work() {
		return ServedConnection.Work.CALL;
	}

	@Override
	public boolean isUnwanted() {
		return !this.oneWay && this.owner.isLost();
	}

	@Override
	public boolean abort(Status status, String message) {
		if (!withdraw()) {
			return false;
		}
		leaveUnanswered(status);
		return true;
	}

	/** Leave the connection after the outcome was taken away from the handler. */
	final void leaveUnanswered(Status status) {
		this.owner.removed(this);
		giveUp(status);
	}

	@Override
	public final void lingers(boolean begins) {
		super.lingers(begins);
		if (begins) {
			this.owner.lingers();
		}
		else {
			this.owner.endLingering();
		}
	}

	@Override
	public EncodedFrame encode(UdsReply reply, boolean undispatched) {
		return this.writer.encode(new ResponseFrame(this.streamId, reply.status(), reply.message(), reply.payload(),
				undispatched, reply.details()));
	}

	@Override
	public void startStream(ItemSource items, Function<Throwable, UdsReply> failures) {
		refuseItems(items, UdsReply.failed(Status.UNIMPLEMENTED,
				"The route answers with a stream of items: call it as one, not for one answer"));
	}

	@Override
	public void written(UdsReply reply, boolean told, boolean ownsLoop) {
		this.owner.removed(this);
	}

}
