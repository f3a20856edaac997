package io.github.udsboot.listener;

import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.stream.OwnConnection;

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

	private final ServerStreams streams = new ServerStreams();

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
		if (frame instanceof DataFrame data) {
			data(connection, data);
		}
		if (frame instanceof InvalidFrame invalid) {
			ServerStream stream = this.streams.find(connection, invalid.streamId());
			if (stream != null && !stream.abort(invalid.status(), invalid.message())) {
				// it was answered just now
				return true;
			}
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
		if (request.kind() == Kind.OPEN_STREAM && request.payload().length == 0 && !match.handler().takesItems()) {
			return refuse(connection, request, Status.INVALID_ARGUMENT,
					"The route '" + request.route() + "' takes one request and no stream of items", now);
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
		UdsRequestHandler handler = match.handler();
		if (request.kind() == Kind.UNARY && !handler.takesItems()) {
			UdsRequest handed = new UdsRequest(request.route(), request.payload(), request.metadata(),
					connection.peer(), deadline(request, now));
			return this.calls.dispatch(connection, new RequestCall(this.calls, connection, this.writer,
					request.streamId(), handler, handed, match.variables(), now, null), now);
		}
		return stream(connection, request, match, now);
	}

	private boolean stream(LoopConnection connection, RequestFrame request, UdsRouter.Match match, long now) {
		boolean own = OwnConnection.isMarked(request.metadata()) && connection.inFlight() == 1;
		if (own) {
			connection.allowPauses();
		}
		UdsRequestHandler handler = match.handler();
		ServerStream stream = new ServerStream(this.streams, connection, request, own, handler.takesItems());
		UdsRequest handed = new UdsRequest(request.route(), request.payload(), OwnConnection.unmark(request.metadata()),
				connection.peer(), deadline(request, now), null, stream.input(this.calls::executeOffLoop), Map.of());
		RequestCall call = new RequestCall(this.calls, connection, this.writer, request.streamId(), handler, handed,
				match.variables(), now, stream);
		this.streams.add(connection, stream.of(call));
		return this.calls.dispatch(connection, call, now);
	}

	private void data(LoopConnection connection, DataFrame data) {
		ServerStream stream = this.streams.find(connection, data.streamId());
		String refusal = (stream != null) ? stream.take(data) : "Stream is not open";
		if (refusal == null) {
			return;
		}
		Status status = (stream != null && stream.isOverflowing()) ? Status.RESOURCE_EXHAUSTED
				: Status.INVALID_ARGUMENT;
		if (stream == null || stream.abort(status, refusal)) {
			connection.cork(encode(ResponseFrame.failed(data.streamId(), status, refusal)));
		}
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

	/** Nobody ends its output who still wants a stream: what produces one must stop. */
	@Override
	public void inputEnded(LoopConnection connection) {
		this.streams.lost(connection);
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		this.streams.lost(connection);
		this.events.closed(connection, reason, cause);
	}

}
