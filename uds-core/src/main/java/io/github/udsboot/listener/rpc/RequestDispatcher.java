package io.github.udsboot.listener.rpc;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.StreamStall;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.ConnectionListener;
import io.github.udsboot.listener.dispatch.HandlerRunner;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.stream.OwnConnection;

/**
 * Takes the requests of a listener's multiplexed connections: refuses those over a limit
 * or without a handler, and has the handlers run all others. Called by the owners of the
 * loops.
 */
public final class RequestDispatcher {

	private static final Log logger = GuardedLog.of(RequestDispatcher.class);

	private final HandlerRunner runner;

	private final FrameWriter writer;

	private final int maxInFlightPerConnection;

	private final String tooMany;

	private final KeepAlive.Intervals pings;

	private final ConnectionListener events;

	/** Streams without a deadline that have no outcome yet. */
	private final AtomicInteger openStreams = new AtomicInteger();

	/** The time of such streams is up; no more are begun. */
	private volatile boolean streamsOver;

	/**
	 * Create a dispatcher.
	 * @param runner runs the handlers
	 * @param writer encodes answers
	 * @param maxInFlightPerConnection the number of requests of a connection that may be
	 * in flight
	 * @param pings when to send PINGs to silent peers
	 * @param events told about connections
	 */
	public RequestDispatcher(HandlerRunner runner, FrameWriter writer, int maxInFlightPerConnection,
			KeepAlive.Intervals pings, ConnectionListener events) {
		this.runner = runner;
		this.writer = writer;
		this.maxInFlightPerConnection = maxInFlightPerConnection;
		this.tooMany = "The connection has " + this.maxInFlightPerConnection
				+ " unanswered requests, which is the limit: wait for answers, use a further connection, or raise"
				+ " max-in-flight-per-connection of the listener '" + runner.listener() + "'";
		this.pings = pings;
		this.events = events;
	}

	public ServerConnection newConnection(LoopConnection connection, PeerShare share) {
		return new ServerConnection(this, connection, share, this.runner.newContext(connection),
				new PeerExtensions(connection, this.writer, this.pings));
	}

	/**
	 * Take a request.
	 * @return whether the calling thread still owns the loop
	 */
	boolean request(ServerConnection owner, RequestFrame request) {
		LoopConnection connection = owner.connection();
		if (connection.prove()) {
			this.events.proven(connection);
		}
		long now = System.nanoTime();
		if (connection.isEnding()) {
			return refuse(connection, request, Status.UNAVAILABLE, "The server takes no more requests", now);
		}
		// checked first, as a peer may send as many of these as it likes; a caller with
		// its answer may call again, but lingering calls have a limit, too
		int lingering = owner.lingering();
		if (Math.max(connection.inFlight() - lingering, lingering) >= this.maxInFlightPerConnection) {
			return refuse(connection, request, Status.RESOURCE_EXHAUSTED, this.tooMany, now);
		}
		UdsRouter.Match match = this.runner.find(request.route(), connection);
		if (match == null) {
			return refuse(connection, request, Status.UNIMPLEMENTED, "There is no route '" + request.route() + "'",
					now);
		}
		if (request.kind() == Kind.OPEN_STREAM && request.payload().length == 0 && !match.handler().takesItems()) {
			return refuse(connection, request, Status.INVALID_ARGUMENT,
					"The route '" + request.route() + "' takes one request and no stream of items", now);
		}
		boolean stream = isStream(request, match);
		if (stream && this.streamsOver) {
			return refuse(connection, request, Status.UNAVAILABLE, ServedConnection.REASON, now);
		}
		String tooMany = this.runner.admit(owner.share());
		if (tooMany != null) {
			return refuse(connection, request, Status.RESOURCE_EXHAUSTED, tooMany, now);
		}
		connection.beginRequest();
		RequestCall call = stream ? newStream(owner, request, match, now) : newCall(owner, request, match, now);
		owner.begin(call, now);
		return this.runner.dispatch(connection, call, now);
	}

	private static boolean isStream(RequestFrame request, UdsRouter.Match match) {
		return request.kind().isStream() || match.handler().takesItems();
	}

	private RequestCall newCall(ServerConnection owner, RequestFrame request, UdsRouter.Match match, long now) {
		UdsRequest handed = new UdsRequest(request.route(), request.payload(), Extensions.without(request.metadata()),
				owner.connection().peer(), owner.deadline(request, now));
		return new RequestCall(this.runner, owner, this.writer, request, match, handed, now);
	}

	private StreamingCall newStream(ServerConnection owner, RequestFrame request, UdsRouter.Match match, long now) {
		LoopConnection connection = owner.connection();
		boolean own = request.betweenPeers() && OwnConnection.isMarked(request.metadata())
				&& connection.inFlight() == 1;
		StreamStall stall = own ? connection.beginStream() : null;
		RequestItems items = match.handler().takesItems()
				? new RequestItems(request, connection, own, owner::waitingBytesOfStreams) : null;
		UdsRequest handed = new UdsRequest(request.route(), request.payload(),
				OwnConnection.unmark(Extensions.without(request.metadata())), connection.peer(),
				owner.deadline(request, now), null,
				(items != null)
						? items.input((task) -> this.runner.executeOffLoop(owner.share(), owner.context(), task))
						: null,
				Map.of());
		StreamingCall call = new StreamingCall(this.runner, owner, this.writer, request, match, handed, now, items,
				stall);
		if (call.isOpenEnded()) {
			this.openStreams.incrementAndGet();
			if (own) {
				owner.ownedByStream();
			}
		}
		return call;
	}

	/** Return how many streams without a deadline have no outcome yet. */
	public AtomicInteger openStreams() {
		return this.openStreams;
	}

	/** Begin no more streams. */
	public void endStreams() {
		this.streamsOver = true;
	}

	boolean areStreamsOver() {
		return this.streamsOver;
	}

	void cutOff(ServedConnection.Work work) {
		this.events.cutOff(work);
	}

	private boolean refuse(LoopConnection connection, RequestFrame request, Status status, String message, long now) {
		connection.cork(encode(ResponseFrame.refused(request.streamId(), status, message)));
		String route = (status != Status.UNIMPLEMENTED) ? this.runner.recordedRoute(request.route())
				: CallRecorder.UNKNOWN_ROUTE;
		this.runner.log().record(route, status, System.nanoTime() - now);
		return true;
	}

	EncodedFrame encode(Frame frame) {
		return this.writer.encode(frame);
	}

	void dropWithdrawn(PeerShare share) {
		this.runner.dropWithdrawn(share);
	}

	void logRefusal(InvalidFrame invalid) {
		if (logger.isDebugEnabled()) {
			logger.debug("Listener '" + this.runner.listener() + "' refuses a frame: " + invalid.message());
		}
	}

	void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		this.events.closed(connection, reason, cause);
	}

}
