package io.github.udsboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsException;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.stream.ItemInput;
import io.github.udsboot.stream.ItemSource;

/**
 * Makes streaming calls, each on a connection of its own.
 */
final class StreamCalls {

	private static final byte[] NOTHING = {};

	private final OwnConnections connections;

	private final StreamOpener opener;

	/** Calls subscribers and completes futures. */
	private final Executor executor;

	private final @Nullable TaskDecorator taskDecorator;

	/** Threads on which the sources of uploads may wait, and calls for a server. */
	private final ExecutorService threads;

	StreamCalls(String name, ClientSettings settings, int maxStreams, CallRecorder recorder, Executor executor,
			@Nullable TaskDecorator taskDecorator) {
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
		StreamCall call = new StreamCall(request.route(), path(), items, false);
		CompletableFuture<byte[]> outcome = make(call, request, payload, true);
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
		StreamCall call = new StreamCall(request.route(), path(), items, false);
		make(call, request, payload, false);
		return input(call);
	}

	private ItemInput input(StreamCall call) {
		return new ItemInput(call.inbox(), this.executor, () -> interrupted(call, " while it waited for an item"));
	}

	/**
	 * Make a call that sends items and has one answer, and wait for it.
	 */
	byte[] upload(Request request, byte[] payload, ItemSource items) {
		StreamCall call = new StreamCall(request.route(), path(), items, true);
		return await(call, make(call, request, payload, true));
	}

	/**
	 * As {@link #upload}; completes with the failure itself, on the client's executor.
	 * Cancelling the future ends the call.
	 */
	<T> CompletableFuture<T> uploadAsync(Request request, byte[] payload, ItemSource items,
			Function<byte[], T> conversion) {
		StreamCall call = new StreamCall(request.route(), path(), items, true);
		CallFuture<T> future = new CallFuture<>(conversion);
		AsyncExchange.Recipient recipient = (this.taskDecorator != null)
				? new DecoratedRecipient(this.taskDecorator, future) : future;
		future.whenComplete((value, failure) -> call.cancelled());
		make(call, request, payload, false).whenComplete((answer, failure) -> execute(() -> {
			if (failure == null) {
				recipient.answered(answer);
			}
			else {
				recipient.failed(failure);
			}
		}));
		return future;
	}

	/** Completes when the call is over, on a thread that must not be kept. */
	private CompletableFuture<byte[]> make(StreamCall call, Request request, byte[] payload, boolean mayWait) {
		CompletableFuture<byte[]> outcome = new CompletableFuture<>();
		outcome.whenComplete((answer, failure) -> call.end((RuntimeException) failure));
		attempt(call, request, payload, outcome, mayWait);
		return outcome;
	}

	private void attempt(StreamCall call, Request request, byte[] payload, CompletableFuture<byte[]> outcome,
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
	private void attemptHere(StreamCall call, Request request, byte[] payload, CompletableFuture<byte[]> outcome) {
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

	private static void ended(StreamCall call, CompletableFuture<byte[]> outcome, @Nullable UdsException failure) {
		if (failure != null) {
			outcome.completeExceptionally(failure);
			return;
		}
		byte[] answer = call.wantsOneAnswer() ? call.inbox().poll() : null;
		outcome.complete((answer != null) ? answer : NOTHING);
	}

	private byte[] await(StreamCall call, CompletableFuture<byte[]> outcome) {
		try {
			return outcome.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			UdsCancelledException interrupted = interrupted(call, "; the call may have been executed");
			call.stop(interrupted);
			throw interrupted;
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Error error) {
				throw error;
			}
			throw (RuntimeException) ex.getCause();
		}
	}

	private static UdsCancelledException interrupted(StreamCall call, String what) {
		return new UdsCancelledException("The calling thread was interrupted" + what, call.route(), call.path(), null);
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

	private String path() {
		return this.connections.path();
	}

	void close() {
		this.connections.close();
		this.threads.shutdownNow();
	}

}
