package io.github.udsboot.client.rpc;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.client.connection.DedicatedConnections;
import io.github.udsboot.client.shared.SharedSettings;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.GuardedCallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
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
	 * @param attempt the attempt at a call, which reports its end unless this method
	 * fails
	 * @param payload the payload of the request
	 */
	void open(StreamAttempt attempt, byte[] payload) {
		CallRequest request = attempt.request();
		ConnectDeadline deadline = ConnectDeadline.of(request.route(), request.startedAt(), request.deadline(),
				this.settings.connect());
		open(attempt, payload, (handlers) -> this.connections.connect(deadline, handlers));
	}

	/**
	 * Open a stream if that needs no waiting.
	 * @return {@code false} if it needs waiting, or fails: {@link #open} tells which
	 */
	boolean openNow(StreamAttempt attempt, byte[] payload) {
		return open(attempt, payload, this.connections::connectNow);
	}

	private boolean open(StreamAttempt attempt, byte[] payload,
			Function<Function<LoopConnection, ConnectionHandler>, @Nullable LoopConnection> connector) {
		StreamCall call = attempt.call();
		CallRequest request = attempt.request();
		boolean opened = false;
		boolean permit = false;
		try {
			call.requireWanted();
			EncodedFrame frame = encode(request, payload, call.sendsItems() ? Kind.OPEN_STREAM : Kind.STREAM);
			acquirePermit(request);
			permit = true;
			if (connector.apply(attempt::connected) == null) {
				return false;
			}
			opened = true;
			attempt.begin(frame, this.writer, this.sources);
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

	/** Take note of the end of a stream that was opened. */
	void finished(StreamAttempt attempt, @Nullable UdsException failure) {
		this.permits.release();
		record(attempt.request(), failure);
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
			throw CallFailures.requestTooLarge(ex, "Send items instead", request.route(), this.connections.path());
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
		this.recorder.record(request.template(), CallFailures.statusOf(failure),
				System.nanoTime() - request.startedAt());
	}

}
