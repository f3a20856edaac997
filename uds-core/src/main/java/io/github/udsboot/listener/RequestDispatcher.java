package io.github.udsboot.listener;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * Takes the frames of a listener's multiplexed connections: refuses what is over a limit
 * or leads nowhere, and has everything else run by its handler.
 */
final class RequestDispatcher implements ConnectionHandler {

	private static final Log logger = LogFactory.getLog(RequestDispatcher.class);

	private final CallDispatcher calls;

	private final FrameWriter writer;

	private final int maxInFlightPerConnection;

	private final ConnectionEvents events;

	RequestDispatcher(UdsListenerOptions options, CallDispatcher calls, ConnectionEvents events) {
		this.calls = calls;
		this.writer = options.getProtocol().newWriter(options.getFrameLimits());
		this.maxInFlightPerConnection = options.getMaxInFlightPerConnection();
		this.events = events;
	}

	@Override
	public boolean frame(LoopConnection connection, Frame frame) {
		if (frame instanceof RequestFrame request) {
			if (connection.prove()) {
				this.events.proven(connection);
			}
			return request(connection, request);
		}
		if (frame instanceof InvalidFrame invalid) {
			logger.debug("Listener '" + this.calls.listener() + "' refuses a frame: " + invalid.message());
			// not marked as undispatched: the id may be that of a call under way
			connection.cork(encode(ResponseFrame.failed(invalid.streamId(), invalid.status(), invalid.message())));
		}
		return true;
	}

	private boolean request(LoopConnection connection, RequestFrame request) {
		long now = System.nanoTime();
		if (connection.isEnding()) {
			return refuse(connection, request, Status.UNAVAILABLE, "The server takes no more requests", now);
		}
		UdsRouter.Match match = this.calls.find(request.route(), connection);
		if (match == null) {
			return refuse(connection, request, Status.UNIMPLEMENTED, "There is no route '" + request.route() + "'",
					now);
		}
		if (connection.inFlight() >= this.maxInFlightPerConnection) {
			return refuse(connection, request, Status.RESOURCE_EXHAUSTED,
					"The connection has " + this.maxInFlightPerConnection + " unanswered requests, which is the limit",
					now);
		}
		String tooMany = this.calls.admit();
		if (tooMany != null) {
			return refuse(connection, request, Status.RESOURCE_EXHAUSTED, tooMany, now);
		}
		connection.beginRequest();
		UdsRequest handed = new UdsRequest(request.route(), request.payload(), request.metadata(), connection.peer(),
				deadline(request, now));
		return this.calls.dispatch(connection, new RequestCall(this.calls, connection, this.writer, request.streamId(),
				match.handler(), handed, match.variables(), now), now);
	}

	private static long deadline(RequestFrame request, long now) {
		return (request.timeoutNanos() != 0) ? now + request.timeoutNanos() : UdsRequest.NO_DEADLINE;
	}

	private boolean refuse(LoopConnection connection, RequestFrame request, Status status, String message, long now) {
		connection.cork(encode(ResponseFrame.refused(request.streamId(), status, message)));
		String route = (status != Status.UNIMPLEMENTED) ? this.calls.recordedRoute(request.route())
				: CallRecorder.UNKNOWN_ROUTE;
		this.calls.record(route, status, System.nanoTime() - now);
		return true;
	}

	private EncodedFrame encode(ResponseFrame frame) {
		return this.writer.encode(frame);
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		this.events.closed(connection, reason, cause);
	}

}
