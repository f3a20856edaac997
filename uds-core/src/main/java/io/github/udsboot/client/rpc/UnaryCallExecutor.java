package io.github.udsboot.client.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

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

	private final TransparentRetry retry;

	private final FrameWriter writer;

	private final CallRecorder recorder;

	private final SureExecutor executor;

	private final @Nullable TaskDecorator taskDecorator;

	public UnaryCallExecutor(SharedConnections connections, CallRecorder recorder, Executor executor,
			@Nullable TaskDecorator taskDecorator) {
		this.connections = connections;
		this.retry = new TransparentRetry(connections);
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
			throw CallFailures.interrupted(request.route(), this.connections.path());
		}
		try {
			if (!this.connections.limiter().acquire(request.deadline())) {
				throw CallFailures.noConnectionInTime(request.route(), this.connections.path(), null);
			}
		}
		catch (InterruptedException ex) {
			throw CallFailures.interrupted(request.route(), this.connections.path());
		}
	}

	/** Return the answer, {@code null} if the call must wait for its turn again. */
	private byte @Nullable [] callWithPermit(CallRequest request, byte[] payload) {
		ConnectDeadline deadline = connectDeadline(request);
		int attempt = 0;
		while (true) {
			SharedConnection connection = this.connections.acquire(deadline);
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
				throw CallFailures.interrupted(request.route(), this.connections.path());
			}
			if (outcome == Ended.EXPIRED && Thread.currentThread().isInterrupted()) {
				throw CallFailures.interruptedAwaitingAnswer(request.route(), this.connections.path());
			}
			if (!this.retry.allows(outcome, request, attempt)) {
				return CallFailures.payload(outcome, request.route(), this.connections.path());
			}
			backOff(deadline, attempt++);
		}
	}

	private void backOff(ConnectDeadline deadline, int attempt) {
		long nanos = this.retry.delayNanos(attempt);
		if (nanos > 0) {
			this.connections.backOff(deadline, nanos);
			if (System.nanoTime() - deadline.deadline() >= 0) {
				throw CallFailures.noConnectionInTime(deadline.route(), this.connections.path(), null);
			}
		}
	}

	// --- calls that no thread waits for

	@Override
	public void send(CallRequest request, byte[] payload, Consumer<Throwable> failed) {
		AsyncUnaryCall call = new AsyncUnaryCall(this, this.connections, request, payload, new Reporter(failed));
		boolean sent = false;
		try {
			do {
				acquirePermit(request);
				try {
					sent = submit(request, call);
				}
				catch (RuntimeException | Error ex) {
					if (call.abandon()) {
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
	private boolean submit(CallRequest request, AsyncUnaryCall call) {
		ConnectDeadline deadline = connectDeadline(request);
		try {
			int attempt = 0;
			while (true) {
				SharedConnection connection = this.connections.acquire(deadline);
				if (connection.call(call.newCall())) {
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
				CallOutcome refusal = connection.refusal();
				if (!this.retry.allows(refusal, request, attempt)) {
					throw CallFailures.failure(refusal, request.route(), this.connections.path());
				}
				backOff(deadline, attempt++);
			}
		}
		catch (FrameTooLargeException ex) {
			throw tooLarge(request, ex);
		}
	}

	@Override
	public <T> CompletableFuture<T> callAsync(CallRequest request, byte[] payload, Function<byte[], T> conversion) {
		CallFuture<T> future = new CallFuture<>(conversion);
		AsyncUnaryCall call = new AsyncUnaryCall(this, this.connections, request, payload, inContext(future));
		future.endWith(call::cancel);
		call.begin();
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

	TransparentRetry retry() {
		return this.retry;
	}

	ConnectDeadline connectDeadline(CallRequest request) {
		return ConnectDeadline.of(request.route(), request.startedAt(), request.deadline(),
				this.connections.settings().connect());
	}

	UdsLimitExceededException tooLarge(CallRequest request, FrameTooLargeException ex) {
		return CallFailures.requestTooLarge(ex, "Send less, or use a stream of calls", request.route(),
				this.connections.path());
	}

	void record(CallRequest request, @Nullable Throwable failure) {
		this.recorder.record(request.template(), CallFailures.statusOf(failure),
				System.nanoTime() - request.startedAt());
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
