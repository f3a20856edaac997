package io.github.udsboot.listener.session;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.ConnectionContext;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.listener.dispatch.ServerCall;
import io.github.udsboot.protocol.EncodedFrame;

/**
 * A message of a session on its way through its handler. Its outcome is a message, or the
 * protocol's form of a failure, or nothing; then it is the next message's turn.
 * Thread-safe.
 */
final class MessageCall extends ServerCall {

	private final ServerSession session;

	MessageCall(HandlerRunner runner, LoopConnection connection, ServerSession session, UdsRequestHandler handler,
			UdsRequest request, Map<String, String> variables, long startedAt) {
		super(runner, connection, handler, request, variables, startedAt);
		this.session = session;
	}

	@Override
	public @Nullable EncodedFrame encode(UdsReply reply, boolean undispatched) {
		if (reply.silent()) {
			return null;
		}
		return (reply.status() == Status.OK) ? this.session.encode(reply.payload())
				: this.session.encodeFailure(reply.status(), reply.message());
	}

	/** The session continues with earlier messages, which may be orders, too. */
	@Override
	public boolean abort(Status status, String message) {
		if (!withdraw()) {
			return false;
		}
		giveUp(status);
		this.session.handled(true, false);
		return true;
	}

	@Override
	public boolean isTimeOver() {
		return super.isTimeOver() || (handler().needsSession() && this.session.areConversationsOver());
	}

	@Override
	public PeerShare share() {
		return this.session.share();
	}

	@Override
	public @Nullable ConnectionContext context() {
		return this.session.context();
	}

	@Override
	public ServedConnection.Work work() {
		return handler().needsSession() ? ServedConnection.Work.SESSION : ServedConnection.Work.CALL;
	}

	@Override
	public void written(UdsReply reply, boolean told, boolean ownsLoop) {
		this.session.handled(told || reply.status() == Status.OK, ownsLoop);
	}

}
