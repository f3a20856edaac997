package io.github.udsboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;

/**
 * Makes calls on the connections of a client, and makes them again as long as they were
 * certainly not executed and the server may come back in time. Works on payloads; knows
 * nothing of conversion.
 */
final class CallExecutor {

	private final UdsConnectionFactory connections;

	private final FrameWriter writer;

	private final CallRecorder recorder;

	private final Executor executor;

	CallExecutor(UdsConnectionFactory connections, CallRecorder recorder, Executor executor) {
		this.connections = connections;
		this.writer = connections.settings().protocol().newWriter(connections.settings().frameLimits());
		this.recorder = recorder;
		this.executor = executor;
	}

	// --- calls that a thread waits for

	byte[] call(Request request, byte[] payload) {
		Status status = Status.OK;
		try {
			if (!this.connections.limiter().acquire(request.deadline())) {
				throw this.connections.deadlineExceeded(request.route(), null);
			}
			try {
				return callWithPermit(request, payload);
			}
			finally {
				this.connections.limiter().release();
			}
		}
		catch (InterruptedException ex) {
			status = Status.CANCELLED;
			throw this.connections.interrupted(request.route());
		}
		catch (UdsException ex) {
			status = ex.getStatus();
			throw ex;
		}
		finally {
			record(request, status);
		}
	}

	private byte[] callWithPermit(Request request, byte[] payload) {
		String route = request.route();
		long giveUp = giveUp(request);
		for (int attempt = 0;; attempt++) {
			ClientConnection connection = this.connections.acquire(route, request.deadline(), giveUp);
			BlockingCall call = new BlockingCall(request, payload, this.writer);
			Object outcome;
			try {
				outcome = connection.call(call);
			}
			catch (FrameTooLargeException ex) {
				throw tooLarge(request, ex);
			}
			if (outcome == null && Thread.currentThread().isInterrupted()) {
				throw new UdsCancelledException("The calling thread was interrupted; the call may have been executed",
						route, this.connections.path(), null);
			}
			if (!Outcomes.isRepeatable(outcome) || isOver(giveUp, attempt)) {
				return Outcomes.payload(outcome, route, this.connections.path());
			}
			if (attempt > 0) {
				this.connections.backOff(route, attempt, giveUp);
			}
		}
	}

	/** A connection that went stale unnoticed deserves one more attempt at any rate. */
	private static boolean isOver(long giveUp, int attempt) {
		return attempt > 0 && System.nanoTime() - giveUp >= 0;
	}

	private long giveUp(Request request) {
		long patience = request.startedAt() + this.connections.settings().waitForServer().toNanos();
		return (patience - request.deadline() < 0) ? patience : request.deadline();
	}

	private UdsLimitExceededException tooLarge(Request request, FrameTooLargeException ex) {
		return new UdsLimitExceededException(
				ex.getMessage() + "; the call was not sent. Send less, or use a stream of calls", request.route(),
				this.connections.path(), ex);
	}

	// --- calls that nobody waits for

	/** Send a request to a server that was reached; what comes of it is only reported. */
	void send(Request request, byte[] payload, Consumer<UdsException> failed) {
		try {
			if (!this.connections.limiter().acquire(request.deadline())) {
				throw this.connections.deadlineExceeded(request.route(), null);
			}
		}
		catch (InterruptedException ex) {
			throw this.connections.interrupted(request.route());
		}
		boolean sent = false;
		try {
			AsyncCall call = new AsyncCall(request.deadline(), (id) -> this.writer.encode(request.frame(id, payload)),
					(done) -> {
						release();
						finish(request, done.outcome(), (bytes) -> {
						}, failed);
					});
			long giveUp = giveUp(request);
			for (int attempt = 0; !sent; attempt++) {
				sent = start(this.connections.acquire(request.route(), request.deadline(), giveUp), call);
				if (!sent && isOver(giveUp, attempt)) {
					Outcomes.payload(ClientConnection.NOT_SUBMITTED, request.route(), this.connections.path());
				}
			}
		}
		catch (FrameTooLargeException ex) {
			throw tooLarge(request, ex);
		}
		finally {
			if (!sent) {
				this.connections.limiter().release();
			}
		}
	}

	CompletableFuture<byte[]> callAsync(Request request, byte[] payload) {
		CompletableFuture<byte[]> future = new CompletableFuture<>();
		this.connections.limiter().acquireThen(() -> attempt(request, payload, future, 0));
		return future;
	}

	/** With a permit; must not block. */
	private void attempt(Request request, byte[] payload, CompletableFuture<byte[]> future, int attempt) {
		AsyncCall call = new AsyncCall(request.deadline(), (id) -> this.writer.encode(request.frame(id, payload)),
				(done) -> attempted(request, payload, future, attempt, done.outcome()));
		ClientConnection ready = (attempt == 0) ? this.connections.ready() : null;
		try {
			if (ready != null && start(ready, call)) {
				return;
			}
		}
		catch (FrameTooLargeException ex) {
			release();
			fail(request, future, tooLarge(request, ex));
			return;
		}
		// connecting may take its time
		execute(() -> connectAndCall(request, future, call, attempt));
	}

	private void connectAndCall(Request request, CompletableFuture<byte[]> future, AsyncCall call, int attempt) {
		try {
			long giveUp = giveUp(request);
			if (attempt > 1) {
				this.connections.backOff(request.route(), attempt, giveUp);
			}
			boolean sent = false;
			for (int i = 0; !sent; i++) {
				sent = start(this.connections.acquire(request.route(), request.deadline(), giveUp), call);
				if (!sent && isOver(giveUp, i)) {
					Outcomes.payload(ClientConnection.NOT_SUBMITTED, request.route(), this.connections.path());
				}
			}
		}
		catch (UdsException ex) {
			release();
			fail(request, future, ex);
		}
		catch (FrameTooLargeException ex) {
			release();
			fail(request, future, tooLarge(request, ex));
		}
	}

	private static boolean start(ClientConnection connection, AsyncCall call) {
		return connection.call(call);
	}

	/** On a thread that reads for others. */
	private void attempted(Request request, byte[] payload, CompletableFuture<byte[]> future, int attempt,
			@Nullable Object outcome) {
		if (Outcomes.isRepeatable(outcome) && !isOver(giveUp(request), attempt)) {
			execute(() -> attempt(request, payload, future, attempt + 1));
			return;
		}
		release();
		execute(() -> finish(request, outcome, future::complete, future::completeExceptionally));
	}

	private void finish(Request request, @Nullable Object outcome, Consumer<byte[]> answered,
			Consumer<UdsException> failed) {
		byte[] answer;
		try {
			answer = Outcomes.payload((outcome != AsyncCall.EXPIRED) ? outcome : null, request.route(),
					this.connections.path());
		}
		catch (UdsException ex) {
			record(request, ex.getStatus());
			failed.accept(ex);
			return;
		}
		record(request, Status.OK);
		answered.accept(answer);
	}

	private void fail(Request request, CompletableFuture<byte[]> future, UdsException failure) {
		record(request, failure.getStatus());
		execute(() -> future.completeExceptionally(failure));
	}

	private void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// the application stops; nothing else is left to run it
			task.run();
		}
	}

	private void release() {
		this.connections.limiter().release();
	}

	private void record(Request request, Status status) {
		this.recorder.record(request.template(), status, System.nanoTime() - request.startedAt());
	}

}
