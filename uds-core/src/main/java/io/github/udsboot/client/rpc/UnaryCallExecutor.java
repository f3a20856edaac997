package io.github.udsboot.client.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.client.call.CallFailures;
import io.github.udsboot.client.call.CallFuture;
import io.github.udsboot.client.call.CallOutcome;
import io.github.udsboot.client.call.CallOutcome.Ended;
import io.github.udsboot.client.call.CallRecipient;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.ContextRecipient;
import io.github.udsboot.client.call.InterceptedOutcomes;
import io.github.udsboot.client.connection.ConnectDeadline;
import io.github.udsboot.client.shared.BlockingCall;
import io.github.udsboot.client.shared.SharedConnection;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.guard.OnceTask;
import io.github.udsboot.guard.SureExecutor;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.GuardedCallRecorder;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;

/**
 * Makes calls on the connections of a client, and retries them as long as they were
 * certainly not executed and the server may come back in time. Works on payloads; knows
 * nothing of conversion.
 */
public final class UnaryCallExecutor implements UnaryCalls {

	private final SharedConnections connections;

	private final FrameWriter writer;

	private final CallRecorder recorder;

	private final SureExecutor executor;

	private final @Nullable TaskDecorator taskDecorator;

	public UnaryCallExecutor(SharedConnections connections, CallRecorder recorder, Executor executor,
			@Nullable TaskDecorator taskDecorator) {
		this.connections = connections;
		this.writer = connections.settings().protocol().newWriter(connections.settings().frameLimits());
		this.recorder = GuardedCallRecorder.of(recorder);
		this.executor = SureExecutor.of(executor);
		this.taskDecorator = taskDecorator;
	}

	// --- calls that a thread waits for

	@Override
	public byte[] call(CallRequest request, byte[] payload) {
		byte[] answer;
		try {
			// repeated if there were more permits than room
			do {
				acquirePermit(request);
				try {
					answer = callWithPermit(request, payload);
				}
				finally {
					this.connections.limiter().release();
				}
			}
			while (answer == null);
		}
		catch (RuntimeException | Error ex) {
			record(request, ex);
			throw ex;
		}
		record(request, null);
		return answer;
	}

	private void acquirePermit(CallRequest request) {
		// an interrupt would end the call right after it was sent
		if (Thread.currentThread().isInterrupted()) {
			throw this.connections.interrupted(request.route());
		}
		try {
			if (!this.connections.limiter().acquire(request.deadline())) {
				throw this.connections.deadlineExceeded(request.route(), null);
			}
		}
		catch (InterruptedException ex) {
			throw this.connections.interrupted(request.route());
		}
	}

	/** Return the answer, {@code null} if the call must wait for its turn again. */
	private byte @Nullable [] callWithPermit(CallRequest request, byte[] payload) {
		ConnectDeadline patience = patience(request);
		int attempt = 0;
		while (true) {
			SharedConnection connection = this.connections.acquire(patience);
			BlockingCall call = new BlockingCall(request, payload, this.writer);
			CallOutcome outcome;
			try {
				outcome = connection.call(call);
			}
			catch (FrameTooLargeException ex) {
				throw tooLarge(request, ex);
			}
			if (outcome == Ended.NOT_SUBMITTED && connection.isUsable()) {
				if (connection.isCongested()) {
					this.connections.awaitRoom(connection, request);
					continue;
				}
				this.connections.isFull();
				return null;
			}
			if (outcome == Ended.EXPIRED_UNSENT && Thread.currentThread().isInterrupted()) {
				throw this.connections.interrupted(request.route());
			}
			if (outcome == Ended.EXPIRED && Thread.currentThread().isInterrupted()) {
				throw new UdsCancelledException("The calling thread was interrupted; the call may have been executed",
						request.route(), this.connections.path(), null);
			}
			if (!outcome.isRepeatable() || isOver(request, attempt)) {
				return CallFailures.payload(outcome, request.route(), this.connections.path());
			}
			backOff(patience, attempt++);
		}
	}

	/**
	 * Back off. A connection that went stale unnoticed warrants one more attempt at once.
	 */
	private void backOff(ConnectDeadline patience, int attempt) {
		if (attempt > 0) {
			this.connections.backOff(patience, attempt);
			if (System.nanoTime() - patience.deadline() >= 0) {
				throw this.connections.deadlineExceeded(patience.route(), null);
			}
		}
	}

	// --- calls that no thread waits for

	@Override
	public void send(CallRequest request, byte[] payload, Consumer<Throwable> failed) {
		AsyncUnaryCall exchange = new AsyncUnaryCall(this, this.connections, request, payload, new Reporter(failed));
		boolean sent = false;
		try {
			do {
				acquirePermit(request);
				try {
					sent = submit(request, exchange);
				}
				catch (RuntimeException | Error ex) {
					if (exchange.abandon()) {
						this.connections.limiter().release();
					}
					throw ex;
				}
				if (!sent) {
					this.connections.limiter().release();
				}
			}
			while (!sent);
		}
		catch (RuntimeException | Error ex) {
			record(request, ex);
			throw ex;
		}
	}

	/**
	 * Submit a call with a permit, which passes to the call if this succeeds.
	 * @return {@code false} if the call must wait for its turn again
	 */
	private boolean submit(CallRequest request, AsyncUnaryCall exchange) {
		ConnectDeadline patience = patience(request);
		try {
			int attempt = 0;
			while (true) {
				SharedConnection connection = this.connections.acquire(patience);
				if (connection.call(exchange.newCall())) {
					return true;
				}
				if (connection.isUsable()) {
					if (connection.isCongested()) {
						this.connections.awaitRoom(connection, request);
						continue;
					}
					this.connections.isFull();
					return false;
				}
				if (isOver(request, attempt)) {
					CallFailures.payload(connection.refusal(), request.route(), this.connections.path());
				}
				backOff(patience, attempt++);
			}
		}
		catch (FrameTooLargeException ex) {
			throw tooLarge(request, ex);
		}
	}

	@Override
	public <T> CompletableFuture<T> callAsync(CallRequest request, byte[] payload, Function<byte[], T> conversion) {
		CallFuture<T> future = new CallFuture<>(conversion);
		AsyncUnaryCall exchange = new AsyncUnaryCall(this, this.connections, request, payload, inContext(future));
		future.endWith(exchange::cancel);
		exchange.begin();
		return future;
	}

	/**
	 * Return a recipient that takes an outcome in the context of the current thread, if
	 * so configured.
	 */
	CallRecipient inContext(CallRecipient recipient) {
		return (this.taskDecorator != null) ? new ContextRecipient(this.taskDecorator, recipient) : recipient;
	}

	/** End a call in time even if its interceptors do not answer. */
	void watch(InterceptedOutcomes.Call call, CompletableFuture<UdsClientResponse> outcome) {
		this.connections.watch(call, outcome, this.executor);
	}

	/** Tell an outcome where user code may run, which is never on this thread. */
	void execute(OnceTask task) {
		this.executor.execute(task);
	}

	// --- for both

	FrameWriter writer() {
		return this.writer;
	}

	ConnectDeadline patience(CallRequest request) {
		return new ConnectDeadline(request.route(), request.deadline(), giveUp(request));
	}

	/**
	 * Return whether a call that was not executed has had its last attempt. The first is
	 * never the last: its connection may have gone stale unnoticed.
	 */
	boolean isOver(CallRequest request, int attempt) {
		return attempt > 0 && System.nanoTime() - giveUp(request) >= 0;
	}

	private long giveUp(CallRequest request) {
		long patience = request.startedAt() + Nanos.of(this.connections.settings().waitForServer());
		return (patience - request.deadline() < 0) ? patience : request.deadline();
	}

	UdsLimitExceededException tooLarge(CallRequest request, FrameTooLargeException ex) {
		return new UdsLimitExceededException(
				ex.getMessage() + "; the call was not sent. Send less, or use a stream of calls", request.route(),
				this.connections.path(), ex);
	}

	void record(CallRequest request, @Nullable Throwable failure) {
		Status status = Status.OK;
		if (failure != null) {
			status = (failure instanceof UdsException ex) ? ex.getStatus() : Status.INTERNAL;
		}
		this.recorder.record(request.template(), status, System.nanoTime() - request.startedAt());
	}

	/** Reports failures only. */
	private record Reporter(Consumer<Throwable> report) implements CallRecipient {

		@Override
		public boolean isGone() {
			return false;
		}

		@Override
		public void answered(byte[] answer) {
			// ignored
		}

		@Override
		public void failed(Throwable failure) {
			try {
				this.report.accept(failure);
			}
			catch (Throwable ex) {
				LostFailures.log("The failure of a one-way call could not be reported", ex);
			}
		}

	}

}
