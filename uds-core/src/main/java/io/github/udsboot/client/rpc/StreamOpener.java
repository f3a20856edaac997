package io.github.udsboot.client.rpc;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.client.connection.DedicatedConnections;
import io.github.udsboot.client.shared.SharedSettings;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.ForeignText;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.GuardedCallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.stream.ItemPump;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.stream.OwnConnection;

/**
 * Opens streams, each with one of a limited number of permits and on a connection of its
 * own, and records their outcomes.
 */
final class StreamOpener {

	private final String name;

	private final SharedSettings settings;

	private final DedicatedConnections connections;

	private final FrameWriter writer;

	private final CallRecorder recorder;

	private final int maxStreams;

	/** One for each open stream. */
	private final Semaphore permits;

	/** Provides threads on which the sources of items may wait. */
	private final Executor sources;

	StreamOpener(String name, SharedSettings settings, DedicatedConnections connections, int maxStreams,
			CallRecorder recorder, Executor sources) {
		this.name = name;
		this.settings = settings;
		this.connections = connections;
		this.writer = settings.protocol().newWriter(settings.frameLimits());
		this.maxStreams = maxStreams;
		this.permits = new Semaphore(maxStreams);
		this.recorder = GuardedCallRecorder.of(recorder);
		this.sources = sources;
	}

	/**
	 * Open a stream, waiting for the server if necessary.
	 * @param attempt the attempt at a call
	 * @param request its request; the deadline is that of the whole stream
	 * @param payload the payload of the request
	 * @param ended told the outcome of the stream once, unless this method fails
	 */
	void open(StreamAttempt attempt, CallRequest request, byte[] payload, Consumer<@Nullable UdsException> ended) {
		ConnectDeadline patience = patience(request);
		open(attempt, request, payload, ended, (handlers) -> this.connections.connect(patience, handlers));
	}

	/**
	 * Open a stream if that needs no waiting.
	 * @return {@code false} if it needs waiting, or fails: {@link #open} tells which
	 */
	boolean openNow(StreamAttempt attempt, CallRequest request, byte[] payload,
			Consumer<@Nullable UdsException> ended) {
		return open(attempt, request, payload, ended, this.connections::connectNow);
	}

	private boolean open(StreamAttempt attempt, CallRequest request, byte[] payload,
			Consumer<@Nullable UdsException> ended,
			Function<Function<LoopConnection, ConnectionHandler>, @Nullable LoopConnection> connector) {
		StreamCall call = attempt.call();
		boolean opened = false;
		boolean permit = false;
		try {
			call.requireWanted();
			EncodedFrame frame = encode(request, payload, call.sendsItems() ? Kind.OPEN_STREAM : Kind.STREAM);
			acquirePermit(request);
			permit = true;
			LoopConnection connection = connector.apply((made) -> new ClientStream(made, attempt,
					this.settings.firstStreamId(), request.deadline(), (failure) -> {
						this.permits.release();
						record(request, failure);
						ended.accept(failure);
					}));
			if (connection == null) {
				return false;
			}
			opened = true;
			begin(call, frame, (ClientStream) connection.handler());
			return true;
		}
		catch (RuntimeException | Error ex) {
			if (!opened) {
				record(request, call.reason(ex));
			}
			throw ex;
		}
		finally {
			if (permit && !opened) {
				this.permits.release();
			}
		}
	}

	/** Begin a stream, which from here on reports its end itself. */
	private void begin(StreamCall call, EncodedFrame frame, ClientStream stream) {
		try {
			ItemSource items = call.opened(stream);
			stream.begin(frame, (items != null) ? pump(stream, items) : null);
		}
		catch (UdsException ex) {
			stream.fail(ex);
		}
		catch (RuntimeException | Error ex) {
			stream.fail(new UdsException(Status.INTERNAL, "The stream could not be begun: " + ForeignText.of(ex),
					call.route(), call.path(), ex));
		}
	}

	private ItemPump pump(ClientStream stream, ItemSource items) {
		return new ItemPump(items, new UploadedItems(stream, this.writer, this.settings.firstStreamId()), this.sources);
	}

	private ConnectDeadline patience(CallRequest request) {
		long giveUp = request.startedAt() + Nanos.of(this.settings.waitForServer());
		boolean unlimited = request.deadline() == CallRequest.NO_DEADLINE;
		// a full backlog has a time of its own, even if there is none for waiting for the
		// server
		long deadline = unlimited ? request.startedAt() + Nanos.MAX : request.deadline();
		return new ConnectDeadline(request.route(), deadline, (giveUp - deadline < 0) ? giveUp : deadline);
	}

	private EncodedFrame encode(CallRequest request, byte[] payload, Kind kind) {
		long left = (request.deadline() == CallRequest.NO_DEADLINE) ? 0
				: Math.max(1, request.deadline() - System.nanoTime());
		Map<String, List<String>> metadata = OwnConnection.mark(request.metadata());
		try {
			if (left == 0) {
				return encode(request, payload, kind, left, metadata);
			}
			try {
				return encode(request, payload, kind, left, CallRequest.dated(metadata, request.deadline()));
			}
			catch (FrameTooLargeException ex) {
				// the request itself may still fit
				return encode(request, payload, kind, left, metadata);
			}
		}
		catch (FrameTooLargeException ex) {
			throw new UdsLimitExceededException(ex.getMessage() + "; the call was not sent. Send items instead",
					request.route(), this.connections.path(), ex);
		}
	}

	private EncodedFrame encode(CallRequest request, byte[] payload, Kind kind, long left,
			Map<String, List<String>> metadata) {
		return this.writer.encode(
				new RequestFrame(this.settings.firstStreamId(), request.route(), payload, left, metadata, kind, true));
	}

	private void acquirePermit(CallRequest request) {
		if (!this.permits.tryAcquire()) {
			throw new UdsLimitExceededException(
					"The client '" + this.name + "' has " + this.maxStreams
							+ " open streams, which is the limit ('max-streams'); the call was not sent. Close streams "
							+ "that are not read to their end, or raise the limit",
					request.route(), this.connections.path(), null);
		}
	}

	/** For tests. */
	int freePermits() {
		return this.permits.availablePermits();
	}

	private void record(CallRequest request, @Nullable Throwable failure) {
		Status status = Status.OK;
		if (failure != null) {
			status = (failure instanceof UdsException known) ? known.getStatus() : Status.INTERNAL;
		}
		this.recorder.record(request.template(), status, System.nanoTime() - request.startedAt());
	}

}
