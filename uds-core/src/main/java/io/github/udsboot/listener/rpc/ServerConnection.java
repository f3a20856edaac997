package io.github.udsboot.listener.rpc;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.dispatch.ConnectionContext;
import io.github.udsboot.listener.dispatch.ServedConnection;
import io.github.udsboot.protocol.CancelFrame;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.Extension;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * One multiplexed connection of a listener: the calls on it, from the frame that begins
 * one to the frame, the moment or the loss that ends it. Belongs to the loop's owner,
 * except for what calls report.
 *
 * <p>
 * One class, because frames, deadlines, a drain and the loss of the peer end the same
 * calls by the same steps.
 */
final class ServerConnection implements ServedConnection, CallConnection {

	private final RequestDispatcher dispatcher;

	private final LoopConnection connection;

	private final PeerShare share;

	private final @Nullable ConnectionContext context;

	private final CallsInFlight calls = new CallsInFlight();

	private final DeadlineTimer deadlines;

	private final PeerExtensions extensions;

	private final AtomicInteger lingering = new AtomicInteger();

	/** The stream id of the last request that was taken, 0 for none. */
	private long lastTaken;

	/** Whether the connection is dedicated to one stream without a deadline. */
	private boolean ownedByStream;

	/** The loop has a task to look for calls that wait in vain. */
	private boolean dropping;

	/**
	 * The peer no longer wants the outcomes of streams. Read by any thread, as is the
	 * field below.
	 */
	private volatile boolean streamsLost;

	/** The peer no longer wants the outcome of any call that is not one-way. */
	private volatile boolean allLost;

	ServerConnection(RequestDispatcher dispatcher, LoopConnection connection, PeerShare share,
			@Nullable ConnectionContext context, PeerExtensions extensions) {
		this.dispatcher = dispatcher;
		this.connection = connection;
		this.share = share;
		this.context = context;
		this.deadlines = new DeadlineTimer(connection.loop(), this.calls, this::deadlinePassed);
		this.extensions = extensions;
	}

	@Override
	public LoopConnection connection() {
		return this.connection;
	}

	@Override
	public PeerShare share() {
		return this.share;
	}

	@Override
	public @Nullable ConnectionContext context() {
		return this.context;
	}

	/**
	 * Return when the caller of a request gives up.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @return the time on that clock, or {@link UdsRequest#NO_DEADLINE}
	 */
	long deadline(RequestFrame request, long now) {
		return this.extensions.deadline(request, now);
	}

	// --- frames

	@Override
	public boolean frame(LoopConnection connection, Frame frame) {
		this.extensions.heard();
		if (frame instanceof RequestFrame request) {
			this.extensions.greet(request);
			connection.endOwnStream();
			return this.dispatcher.request(this, request);
		}
		if (frame instanceof DataFrame data) {
			data(data);
		}
		else if (frame instanceof InvalidFrame invalid) {
			invalid(invalid);
		}
		else if (frame instanceof CancelFrame && this.extensions.contain(Extension.CANCEL)) {
			cancel(frame.streamId());
		}
		else if (frame instanceof PingFrame ping) {
			this.extensions.answer(ping);
		}
		return true;
	}

	/**
	 * Note a request that is about to be run: from now on it can be cancelled.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 */
	void begin(RequestCall call, long now) {
		this.lastTaken = call.streamId();
		this.calls.add(call);
		this.deadlines.watch(call.deadlineNanos(), now);
	}

	private void data(DataFrame data) {
		StreamingCall stream = findStream(data.streamId());
		if (stream == null) {
			answer(data.streamId(), Status.INVALID_ARGUMENT, "Stream is not open");
			return;
		}
		UdsReply refusal = stream.take(data);
		if (refusal != null && stream.abort(refusal.status(), refusal.message())) {
			dropWithdrawn();
			answer(data.streamId(), refusal.status(), refusal.message());
		}
	}

	private void invalid(InvalidFrame invalid) {
		StreamingCall stream = findStream(invalid.streamId());
		if (stream != null && !stream.abort(invalid.status(), invalid.message())) {
			// it has just been answered
			return;
		}
		if (stream != null) {
			dropWithdrawn();
		}
		this.dispatcher.logRefusal(invalid);
		answer(invalid.streamId(), invalid.status(), invalid.message());
	}

	/** Return how much memory is taken by items of all streams that wait for handlers. */
	long waitingBytesOfStreams() {
		AtomicLong bytes = new AtomicLong();
		this.calls.forEach((call) -> {
			if (call instanceof StreamingCall stream) {
				bytes.addAndGet(stream.waitingBytes());
			}
		});
		return bytes.get();
	}

	private @Nullable StreamingCall findStream(long streamId) {
		return (this.calls.find(streamId) instanceof StreamingCall stream) ? stream : null;
	}

	/**
	 * Answer a request, not marked as undispatched: the id may be that of a call under
	 * way.
	 */
	private void answer(long streamId, Status status, String message) {
		this.connection.cork(this.dispatcher.encode(ResponseFrame.failed(streamId, status, message)));
	}

	/** Cancel a call. Nothing is answered, as the caller has forgotten the call. */
	private void cancel(long streamId) {
		RequestCall call = this.calls.find(streamId);
		if (call != null) {
			call.abort(Status.CANCELLED, "The caller has cancelled the request");
			dropWithdrawn();
		}
	}

	/** Drop calls that were withdrawn before they had a thread. */
	private void dropWithdrawn() {
		if (!this.dropping && this.connection.inFlight() > 0) {
			// once for many, as each pass visits all waiting calls
			this.dropping = true;
			this.connection.loop().execute(() -> {
				this.dropping = false;
				this.dispatcher.dropWithdrawn(this.share);
			});
		}
	}

	// --- what ends calls, other than frames

	private void deadlinePassed(RequestCall call) {
		end(call, Status.DEADLINE_EXCEEDED, "The deadline has passed");
	}

	/** Answer in place of the handler, unless it has answered. */
	private boolean end(RequestCall call, Status status, String message) {
		if (!call.abort(status, message)) {
			return false;
		}
		dropWithdrawn();
		// if no thread entered the call before it was withdrawn, none ever will
		ResponseFrame answer = call.isEntered() ? ResponseFrame.failed(call.streamId(), status, message)
				: ResponseFrame.refused(call.streamId(), status, message);
		this.connection.push(this.dispatcher.encode(answer));
		return true;
	}

	/** Dedicate the connection to one stream without a deadline. */
	void ownedByStream() {
		this.ownedByStream = true;
	}

	@Override
	public void cutOff(boolean all) {
		if (this.connection.isClosed()) {
			return;
		}
		this.calls.forEach((call) -> {
			if ((all || call.work() == Work.STREAM) && end(call, Status.UNAVAILABLE, REASON)) {
				this.dispatcher.cutOff(call.work());
			}
		});
		if (all) {
			goAway();
		}
		if (all || this.ownedByStream) {
			this.connection.finish(CloseReason.STOPPED, LAST_WORDS);
		}
	}

	@Override
	public void openEndedStreamOver() {
		this.dispatcher.openStreams().decrementAndGet();
	}

	@Override
	public void removed(RequestCall call) {
		this.calls.remove(call);
	}

	@Override
	public void lingers() {
		this.lingering.incrementAndGet();
	}

	@Override
	public void endLingering() {
		this.lingering.decrementAndGet();
	}

	int lingering() {
		return this.lingering.get();
	}

	/**
	 * Stop streams, as a peer that still wants one does not end its output. A client of
	 * this library is then gone altogether; any other peer may still read its answers.
	 */
	@Override
	public void inputEnded(LoopConnection connection) {
		lost(this.extensions.areAnnounced());
	}

	@Override
	public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		try {
			lost(true);
			this.calls.forEach((call) -> {
				if (call.isOneWay()) {
					call.orphan();
				}
			});
			this.deadlines.stop();
			this.extensions.stop();
		}
		finally {
			this.dispatcher.closed(connection, reason, cause);
		}
	}

	@Override
	public boolean isLost() {
		return this.allLost;
	}

	@Override
	public boolean areStreamsLost() {
		return this.streamsLost;
	}

	@Override
	public boolean areStreamsOver() {
		return this.dispatcher.areStreamsOver();
	}

	/**
	 * End calls whose caller is gone. One-way calls continue, as their callers usually
	 * leave.
	 */
	private void lost(boolean all) {
		// first the flags, as a thread that leaves one handler begins the next call
		this.streamsLost = true;
		this.allLost = this.allLost || all;
		this.calls.forEach((call) -> {
			if ((all || call instanceof StreamingCall) && !call.isOneWay()) {
				call.abort(Status.CANCELLED, "The caller has gone");
			}
		});
		dropWithdrawn();
	}

	// --- what the peer is told

	@Override
	public void drained(LoopConnection connection) {
		goAway();
	}

	/** One-way calls continue although their connection is closed. */
	@Override
	public boolean needsPeer() {
		return true;
	}

	@Override
	public boolean refusesFirstFrame() {
		return true;
	}

	private void goAway() {
		this.extensions.goAway(this.lastTaken);
	}

}
