package io.github.udsboot.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.stream.ItemInput;
import io.github.udsboot.stream.ItemSource;

/**
 * Makes streaming calls, each on a connection of its own.
 */
final class StreamCalls {

	private final ClientInterceptors interceptors;

	private final OwnConnections connections;

	private final StreamOpener opener;

	/** Calls subscribers, completes futures, and tells interceptors of the end. */
	private final Executor executor;

	private final @Nullable TaskDecorator taskDecorator;

	/** Threads on which the sources of uploads may wait, and calls for a server. */
	private final ExecutorService threads;

	StreamCalls(ClientSettings settings, ClientInterceptors interceptors, int maxStreams, CallRecorder recorder,
			Executor executor, @Nullable TaskDecorator taskDecorator) {
		String name = interceptors.client();
		this.interceptors = interceptors;
		this.executor = executor;
		this.taskDecorator = taskDecorator;
		this.connections = new OwnConnections("uds-" + name + "-client-streams",
				new OwnConnections.Target(settings.address(), settings.transport(), settings.connectTimeout(),
						settings.initialBackoff(), settings.maxBackoff(), settings.busyPoll()),
				() -> settings.protocol().newReader(Side.CLIENT, settings.frameLimits()));
		this.threads = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "uds-" + name + "-client-upload");
			thread.setDaemon(true);
			return thread;
		});
		this.opener = new StreamOpener(name, settings, this.connections, maxStreams, recorder, this.threads);
	}

	/**
	 * Begin a streaming call, waiting for the server if need be.
	 * @param request the call; its deadline is that of the whole stream, or
	 * {@link Request#NO_DEADLINE}
	 * @param payload the payload of the request
	 * @param items what the client sends, {@code null} if it sends no items
	 * @return what the server sends
	 */
	ItemInput begin(Request request, byte[] payload, @Nullable ItemSource items) {
		StreamCall call = new StreamCall(request, this.interceptors, items, false);
		CompletableFuture<UdsClientResponse> outcome = make(call, payload, true);
		if (!call.isOpen() && outcome.isCompletedExceptionally()) {
			await(call, outcome);
		}
		return input(call);
	}

	/**
	 * As {@link #begin}, but without waiting: that the call cannot be made is told where
	 * the items are.
	 */
	ItemInput beginAsync(Request request, byte[] payload, @Nullable ItemSource items) {
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
	byte[] upload(Request request, byte[] payload, ItemSource items) {
		StreamCall call = new StreamCall(request, this.interceptors, items, true);
		return await(call, make(call, payload, true));
	}

	/**
	 * As {@link #upload}; completes with the failure itself, on the client's executor.
	 * Cancelling the future ends the call.
	 */
	<T> CompletableFuture<T> uploadAsync(Request request, byte[] payload, ItemSource items,
			Function<byte[], T> conversion) {
		StreamCall call = new StreamCall(request, this.interceptors, items, true);
		CallFuture<T> future = new CallFuture<>(conversion);
		AsyncExchange.Recipient recipient = (this.taskDecorator != null)
				? new DecoratedRecipient(this.taskDecorator, future) : future;
		future.endWith(call::cancelled);
		make(call, payload, false).whenComplete((response, failure) -> execute(() -> {
			if (response != null) {
				recipient.answered(response.payload());
			}
			else {
				recipient.failed(failure);
			}
		}));
		return future;
	}

	private byte[] await(StreamCall call, CompletableFuture<UdsClientResponse> outcome) {
		try {
			// a stream ends itself in time, but nobody knows about interceptors
			return this.interceptors
				.await(outcome, call.route(), this.interceptors.isEmpty() ? () -> Request.NO_DEADLINE : call::deadline)
				.payload();
		}
		catch (UdsCancelledException | UdsDeadlineExceededException ex) {
			call.stop(ex);
			throw ex;
		}
	}

	/** Completes when the call is over, on a thread that must not be kept. */
	private CompletableFuture<UdsClientResponse> make(StreamCall call, byte[] payload, boolean mayWait) {
		Request request = call.request();
		Duration timeout = (request.deadline() == Request.NO_DEADLINE) ? Duration.ZERO
				: Duration.ofNanos(request.deadline() - request.startedAt());
		UdsClientRequest first = new UdsClientRequest(this.interceptors.client(), request.template(), request.route(),
				payload, request.metadata(), timeout, false, true);
		call.setCaller(mayWait ? Thread.currentThread() : null);
		CompletableFuture<UdsClientResponse> outcome = this.interceptors.intercept(first,
				(last) -> attempt(call, last));
		call.setCaller(null);
		outcome.whenComplete(call::end);
		return outcome;
	}

	/** Each attempt counts by itself in the meters; all of them have one beginning. */
	private CompletableFuture<UdsClientResponse> attempt(StreamCall call, UdsClientRequest last) {
		Request request = call.request();
		long deadline = last.timeout().isZero() ? Request.NO_DEADLINE : request.startedAt() + last.timeout().toNanos();
		CompletableFuture<UdsClientResponse> next = new CompletableFuture<>();
		CompletableFuture<UdsClientResponse> outcome = call.attempt(next, deadline);
		if (outcome == next) {
			Request attempt = new Request(request.route(), request.template(), last.metadata(), System.nanoTime(),
					deadline);
			attempt(call, attempt, last.payload(), next, call.isOnCaller());
		}
		return outcome;
	}

	private void attempt(StreamCall call, Request request, byte[] payload, CompletableFuture<UdsClientResponse> outcome,
			boolean mayWait) {
		Consumer<@Nullable UdsException> ended = (failure) -> ended(call, outcome, failure);
		try {
			if (mayWait) {
				this.opener.open(call, request, payload, ended);
			}
			else if (!this.opener.openNow(call, request, payload, ended)) {
				this.threads.execute(() -> attemptHere(call, request, payload, outcome));
			}
		}
		catch (RuntimeException | Error ex) {
			outcome.completeExceptionally(call.reason(ex));
		}
	}

	/** On a thread of this client. */
	private void attemptHere(StreamCall call, Request request, byte[] payload,
			CompletableFuture<UdsClientResponse> outcome) {
		try {
			call.waitsOnCurrentThread();
			attempt(call, request, payload, outcome, true);
		}
		catch (UdsException ex) {
			outcome.completeExceptionally(ex);
		}
		finally {
			call.waitsNoMore();
		}
	}

	/** Interceptors must not run on the loop that tells of the end. */
	private void ended(StreamCall call, CompletableFuture<UdsClientResponse> outcome, @Nullable UdsException failure) {
		if (this.interceptors.isEmpty()) {
			complete(call, outcome, failure);
		}
		else {
			execute(() -> complete(call, outcome, failure));
		}
	}

	private static void complete(StreamCall call, CompletableFuture<UdsClientResponse> outcome,
			@Nullable UdsException failure) {
		if (failure != null) {
			outcome.completeExceptionally(failure);
		}
		else {
			outcome.complete(call.answer());
		}
	}

	/** Run a task on the executor, or where it can do no harm if that takes none. */
	private void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RuntimeException | Error ex) {
			CallbackThreads.execute(task);
		}
	}

	void close() {
		this.connections.close();
		this.threads.shutdownNow();
	}

}
