package io.github.udsboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.stream.ItemInput;
import io.github.udsboot.stream.ItemPump;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.stream.OwnConnection;

/**
 * Makes streaming calls, each on a connection of its own.
 */
final class StreamCalls {

	private final String name;

	private final ClientSettings settings;

	private final int maxStreams;

	private final OwnConnections connections;

	private final FrameWriter writer;

	private final CallRecorder recorder;

	/** Calls subscribers and completes futures. */
	private final Executor executor;

	/** One for each open stream. */
	private final Semaphore permits;

	/** Threads on which the sources of uploads may wait. */
	private final ExecutorService uploads;

	StreamCalls(String name, ClientSettings settings, int maxStreams, CallRecorder recorder, Executor executor) {
		this.name = name;
		this.settings = settings;
		this.maxStreams = maxStreams;
		this.permits = new Semaphore(maxStreams);
		this.recorder = recorder;
		this.executor = executor;
		this.writer = settings.protocol().newWriter(settings.frameLimits());
		this.connections = new OwnConnections("uds-" + name + "-client-streams",
				new OwnConnections.Target(settings.address(), settings.transport(), settings.connectTimeout(),
						settings.initialBackoff(), settings.maxBackoff(), settings.busyPoll()),
				() -> settings.protocol().newReader(Side.CLIENT, settings.frameLimits()));
		this.uploads = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "uds-" + name + "-client-upload");
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Begin a streaming call.
	 * @param request the call; its deadline is that of the whole stream, or
	 * {@link Request#NO_DEADLINE}
	 * @param payload the payload of the request
	 * @param items what the client sends, {@code null} if it sends no items
	 * @return what the server sends
	 */
	ItemInput begin(Request request, byte[] payload, @Nullable ItemSource items) {
		boolean begun = false;
		try {
			ClientStream stream = open(request, payload, items);
			begun = true;
			return new ItemInput(stream.inbox(), this.executor,
					() -> new UdsCancelledException("The thread was interrupted while it waited for an item",
							request.route(), path(), null));
		}
		finally {
			if (!begun && items != null) {
				items.close();
			}
		}
	}

	/**
	 * Make a call that sends items and has one answer, and wait for it.
	 */
	byte[] upload(Request request, byte[] payload, ItemSource items) {
		ClientStream stream = null;
		try {
			stream = open(request, payload, items);
			byte[] answer = stream.inbox().take();
			return (answer != null) ? answer : new byte[0];
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UdsCancelledException("The calling thread was interrupted; the call may have been executed",
					request.route(), path(), null);
		}
		finally {
			if (stream != null) {
				stream.inbox().cancel();
			}
			else {
				items.close();
			}
		}
	}

	/**
	 * As {@link #upload}; completes with the failure itself, on the client's executor.
	 */
	<T> CompletableFuture<T> uploadAsync(Request request, byte[] payload, ItemSource items,
			Function<byte[], T> conversion) {
		CompletableFuture<T> future = new CompletableFuture<>();
		this.uploads.execute(() -> {
			try {
				byte[] answer = upload(request, payload, items);
				this.executor.execute(() -> complete(future, answer, conversion));
			}
			catch (RuntimeException | Error ex) {
				this.executor.execute(() -> future.completeExceptionally(ex));
			}
		});
		return future;
	}

	private static <T> void complete(CompletableFuture<T> future, byte[] answer, Function<byte[], T> conversion) {
		try {
			future.complete(conversion.apply(answer));
		}
		catch (RuntimeException | Error ex) {
			future.completeExceptionally(ex);
		}
	}

	private ClientStream open(Request request, byte[] payload, @Nullable ItemSource items) {
		Patience patience = patience(request);
		EncodedFrame frame = encode(request, payload, (items != null) ? Kind.OPEN_STREAM : Kind.STREAM);
		acquirePermit(request);
		boolean opened = false;
		try {
			ClientStream stream = (ClientStream) this.connections
				.connect(patience,
						(connection) -> new ClientStream(connection, request.route(), path(),
								(status) -> ended(request, status)))
				.handler();
			opened = true;
			expireAt(request, stream);
			stream.begin(frame, (items != null) ? pump(request, stream, items) : null);
			return stream;
		}
		finally {
			if (!opened) {
				this.permits.release();
			}
		}
	}

	private ItemPump pump(Request request, ClientStream stream, ItemSource items) {
		return new ItemPump(items,
				new UploadedItems(stream, this.writer, this.settings.firstStreamId(), request.route(), path()),
				this.uploads);
	}

	private Patience patience(Request request) {
		long giveUp = request.startedAt() + this.settings.waitForServer().toNanos();
		boolean unlimited = request.deadline() == Request.NO_DEADLINE;
		long deadline = unlimited ? giveUp : request.deadline();
		return new Patience(request.route(), deadline, (giveUp - deadline < 0) ? giveUp : deadline);
	}

	private EncodedFrame encode(Request request, byte[] payload, Kind kind) {
		long left = (request.deadline() == Request.NO_DEADLINE) ? 0
				: Math.max(1, request.deadline() - System.nanoTime());
		try {
			return this.writer.encode(new RequestFrame(this.settings.firstStreamId(), request.route(), payload, left,
					OwnConnection.mark(request.metadata()), kind));
		}
		catch (FrameTooLargeException ex) {
			throw new UdsLimitExceededException(ex.getMessage() + "; the call was not sent. Send items instead",
					request.route(), path(), ex);
		}
	}

	private void acquirePermit(Request request) {
		if (!this.permits.tryAcquire()) {
			throw new UdsLimitExceededException("The client '" + this.name + "' has " + this.maxStreams
					+ " open streams, which is the limit ('max-streams'); the call was not sent. Close streams "
					+ "that are not read to their end, or raise the limit", request.route(), path(), null);
		}
	}

	private void expireAt(Request request, ClientStream stream) {
		if (request.deadline() != Request.NO_DEADLINE) {
			CompletableFuture
				.delayedExecutor(Math.max(0, request.deadline() - System.nanoTime()), TimeUnit.NANOSECONDS,
						CallbackThreads.executor())
				.execute(() -> stream.fail(new UdsDeadlineExceededException(
						"The stream was not complete in time; the call may have been executed", request.route(), path(),
						null)));
		}
	}

	private void ended(Request request, Status status) {
		this.permits.release();
		this.recorder.record(request.template(), status, System.nanoTime() - request.startedAt());
	}

	private String path() {
		return this.connections.path();
	}

	void close() {
		this.connections.close();
		this.uploads.shutdownNow();
	}

}
