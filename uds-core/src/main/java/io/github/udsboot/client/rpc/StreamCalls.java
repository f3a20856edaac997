package io.github.udsboot.client.rpc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.client.call.CallFuture;
import io.github.udsboot.client.call.CallRecipient;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.ClientInterceptorChain;
import io.github.udsboot.client.call.ContextRecipient;
import io.github.udsboot.client.connection.DedicatedConnections;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.client.shared.SharedSettings;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.guard.SureExecutor;
import io.github.udsboot.interceptor.UdsClientInterceptor.Chain;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.stream.ItemInput;
import io.github.udsboot.stream.ItemSource;

/**
 * Makes streaming calls, each on a connection of its own.
 */
public final class StreamCalls {

	private final ClientInterceptorChain interceptors;

	/** The same client's; has the clock for calls whose interceptors do not answer. */
	private final SharedConnections shared;

	private final DedicatedConnections connections;

	private final StreamOpener opener;

	/** Calls subscribers, completes futures, and tells interceptors of the end. */
	private final SureExecutor executor;

	private final @Nullable TaskDecorator taskDecorator;

	/** The threads on which sources of uploads may wait, as may calls for a server. */
	private final ExecutorService threads;

	/** The same threads, and others where those fail. */
	private final SureExecutor waiting;

	private final AtomicBoolean closed = new AtomicBoolean();

	public StreamCalls(SharedConnections shared, ClientInterceptorChain interceptors, int maxStreams,
			CallRecorder recorder, Executor executor, @Nullable TaskDecorator taskDecorator) {
		String name = interceptors.client();
		SharedSettings settings = shared.settings();
		this.shared = shared;
		this.interceptors = interceptors;
		this.executor = SureExecutor.of(executor);
		this.taskDecorator = taskDecorator;
		this.connections = new DedicatedConnections("uds-" + name + "-client-streams", settings.connect(),
				new ConnectionClocks(Duration.ZERO, settings.limits().frameTimeout(), Duration.ZERO, Duration.ZERO),
				() -> settings.protocol().newReader(Side.CLIENT, settings.frameLimits()));
		this.threads = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "uds-" + name + "-client-upload");
			thread.setDaemon(true);
			return thread;
		});
		this.waiting = SureExecutor.of(this.threads);
		this.opener = new StreamOpener(name, settings, this.connections, maxStreams, recorder, this.waiting);
		SureExecutor.retain();
	}

	/**
	 * Begin a streaming call, waiting for the server if necessary.
	 * @param request the call; its deadline is that of the whole stream, or
	 * {@link CallRequest#NO_DEADLINE}
	 * @param payload the payload of the request
	 * @param items the items that the client sends, {@code null} if it sends none
	 * @return the items that the server sends
	 */
	public ItemInput begin(CallRequest request, byte[] payload, @Nullable ItemSource items) {
		StreamCall call = new StreamCall(request, this.interceptors, items, false);
		CompletableFuture<UdsClientResponse> outcome = make(call, payload, true);
		if (!call.isOpen() && outcome.isCompletedExceptionally()) {
			await(call, outcome);
		}
		return input(call);
	}

	/**
	 * As {@link #begin}, but without waiting: a failure to make the call is reported in
	 * place of the items.
	 */
	public ItemInput beginAsync(CallRequest request, byte[] payload, @Nullable ItemSource items) {
		StreamCall call = new StreamCall(request, this.interceptors, items, false);
		make(call, payload, false);
		return input(call);
	}

	private ItemInput input(StreamCall call) {
		return new ItemInput(call.inbox(), this.executor,
				() -> new UdsCancelledException("The thread was interrupted while it waited for an item", call.route(),
						call.path(), null));
	}

	/**
	 * Make a call that sends items and has one answer, and wait for it.
	 */
	public byte[] upload(CallRequest request, byte[] payload, ItemSource items) {
		StreamCall call = new StreamCall(request, this.interceptors, items, true);
		return await(call, make(call, payload, true));
	}

	/**
	 * As {@link #upload}; completes with the failure itself, on the client's executor.
	 * Cancelling the future ends the call.
	 */
	public <T> CompletableFuture<T> uploadAsync(CallRequest request, byte[] payload, ItemSource items,
			Function<byte[], T> conversion) {
		StreamCall call = new StreamCall(request, this.interceptors, items, true);
		CallFuture<T> future = new CallFuture<>(conversion);
		CallRecipient recipient;
		try {
			recipient = (this.taskDecorator != null) ? new ContextRecipient(this.taskDecorator, future) : future;
		}
		catch (Throwable ex) {
			call.end(null, ex);
			throw ex;
		}
		future.endWith(call::cancelled);
		make(call, payload, false).handle((response, failure) -> {
			this.executor.execute(() -> {
				if (response != null) {
					recipient.answered(response.payload());
				}
				else {
					recipient.failed(failure);
				}
			});
			return true;
		});
		return future;
	}

	private byte[] await(StreamCall call, CompletableFuture<UdsClientResponse> outcome) {
		try {
			// a stream ends itself in time, but interceptors may not
			return this.interceptors
				.await(outcome, call.route(),
						this.interceptors.isEmpty() ? () -> CallRequest.NO_DEADLINE : call::deadline)
				.payload();
		}
		catch (UdsCancelledException | UdsDeadlineExceededException ex) {
			call.stop(ex);
			throw ex;
		}
	}

	/**
	 * Make a call. Completes when the call is over, on a thread that must not be kept
	 * waiting. Throws nothing: from here on the call closes what it was to send.
	 */
	private CompletableFuture<UdsClientResponse> make(StreamCall call, byte[] payload, boolean mayWait) {
		CompletableFuture<UdsClientResponse> outcome;
		try {
			CallRequest request = call.request();
			Duration timeout = (request.deadline() == CallRequest.NO_DEADLINE) ? Duration.ZERO
					: Duration.ofNanos(request.deadline() - request.startedAt());
			UdsClientRequest first = new UdsClientRequest(this.interceptors.client(), request.template(),
					request.route(), payload, request.metadata(), timeout, false, true);
			Chain elsewhere = (last) -> attempt(call, last, false);
			outcome = mayWait ? this.interceptors.intercept(first, (last) -> attempt(call, last, true), elsewhere)
					: this.interceptors.intercept(first, elsewhere);
		}
		catch (Throwable ex) {
			outcome = CompletableFuture.failedFuture(ex);
		}
		// not whenComplete, which would call toString() on a failure
		outcome.handle((response, failure) -> {
			call.end(response, failure);
			return true;
		});
		if (!this.interceptors.isEmpty()) {
			this.shared.watch(call, outcome, this.executor);
		}
		return outcome;
	}

	/** Make an attempt. Each counts separately in the meters; all share one beginning. */
	private CompletableFuture<UdsClientResponse> attempt(StreamCall call, UdsClientRequest last, boolean mayWait) {
		CallRequest request = call.request();
		long deadline = last.timeout().isZero() ? CallRequest.NO_DEADLINE
				: request.startedAt() + Nanos.of(last.timeout());
		StreamAttempt next = new StreamAttempt(call,
				new CallRequest(request.route(), request.template(), last.metadata(), System.nanoTime(), deadline),
				this.shared.settings().firstStreamId(), this::finished);
		StreamAttempt attempt = call.startAttempt(next);
		if (attempt == next) {
			open(attempt, last.payload(), mayWait);
		}
		return attempt.outcome();
	}

	private void open(StreamAttempt attempt, byte[] payload, boolean mayWait) {
		try {
			if (mayWait) {
				this.opener.open(attempt, payload);
			}
			else if (!this.opener.openNow(attempt, payload)) {
				this.waiting.execute(() -> openHere(attempt, payload));
			}
		}
		catch (Throwable ex) {
			attempt.outcome().completeExceptionally(attempt.call().reason(ex));
		}
	}

	/** Open a stream on a thread of this client. */
	private void openHere(StreamAttempt attempt, byte[] payload) {
		try {
			attempt.call().waitsOnCurrentThread();
			open(attempt, payload, true);
		}
		catch (Throwable ex) {
			attempt.outcome().completeExceptionally(ex);
		}
		finally {
			attempt.call().clearOpeningThread();
		}
	}

	/** End an attempt. Interceptors must not run on the loop that reports the end. */
	private void finished(StreamAttempt attempt, @Nullable UdsException failure) {
		this.opener.finished(attempt, failure);
		if (this.interceptors.isEmpty()) {
			complete(attempt, failure);
		}
		else {
			this.executor.execute(() -> complete(attempt, failure));
		}
	}

	private static void complete(StreamAttempt attempt, @Nullable UdsException failure) {
		if (failure != null) {
			attempt.outcome().completeExceptionally(failure);
		}
		else {
			attempt.outcome().complete(attempt.call().answer());
		}
	}

	/** For tests. */
	public int freePermits() {
		return this.opener.freePermits();
	}

	public void close() {
		this.connections.close();
		this.threads.shutdownNow();
		if (this.closed.compareAndSet(false, true)) {
			SureExecutor.release();
		}
	}

}
