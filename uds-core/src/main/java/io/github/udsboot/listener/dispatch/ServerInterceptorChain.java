package io.github.udsboot.listener.dispatch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.failure.FailureLog;
import io.github.udsboot.interceptor.PeerContext.Scope;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;
import io.github.udsboot.stream.ItemSource;

/**
 * Runs the interceptors of a listener around its handlers, on the thread of the handler.
 * Whatever they do, a request gets exactly one reply.
 */
final class ServerInterceptorChain {

	private static final Log logger = ListenerLog.LOG;

	private final String listener;

	private final UdsServerInterceptor[] interceptors;

	private final FailureLog failures = new FailureLog(logger, "");

	/**
	 * Create an instance.
	 * @param listener the name of the listener
	 * @param interceptors the interceptors, the outermost first
	 */
	ServerInterceptorChain(String listener, List<UdsServerInterceptor> interceptors) {
		this.listener = listener;
		this.interceptors = interceptors.toArray(UdsServerInterceptor[]::new);
	}

	/** As {@link UdsRequestHandler#handle}. Throws nothing. */
	void handle(UdsRequestHandler handler, UdsRequest request, Map<String, String> variables,
			UdsReplyCallback callback) {
		UdsServerRequest first = new UdsServerRequest(this.listener, handler.route(), request.route(),
				request.payload(), request.metadata(), request.peer(), deadline(request), request.session(),
				request.attributes());
		AtomicReference<@Nullable Outcome> outcomes = new AtomicReference<>();
		CompletionStage<UdsServerResponse> stage = proceed(0, first, (last) -> {
			Outcome outcome = new Outcome(callback);
			outcome.addTo(outcomes);
			handler.handle(changed(request, first, last), variables, outcome);
			return outcome.response;
		});
		UdsServerResponse response = responseOf(stage);
		if (response != null) {
			reply(response, outcomes.get(), callback);
		}
		else {
			stage.whenComplete((late, failure) -> reply(late, outcomes.get(), callback));
		}
	}

	@SuppressWarnings("ReferenceEquality") // To compare all of it would take longer than
											// a copy
	private static UdsRequest changed(UdsRequest request, UdsServerRequest first, UdsServerRequest last) {
		return (last != first) ? request.with(last.payload(), last.metadata(), last.attributes()) : request;
	}

	private void reply(@Nullable UdsServerResponse response, @Nullable Outcome last, UdsReplyCallback callback) {
		for (Outcome outcome = last; outcome != null; outcome = outcome.before) {
			outcome.closeUnless(response);
		}
		if (response instanceof StreamedResponse streamed) {
			callback.stream(streamed.items(), streamed.failures());
		}
		else {
			callback.reply(asReply(response));
		}
	}

	/**
	 * Return the response that a stage has already, as it mostly does: to wait for it
	 * would take several objects for each interceptor. Asks stages of the JDK only, as
	 * the methods of others are code of the application.
	 */
	private static @Nullable UdsServerResponse responseOf(CompletionStage<UdsServerResponse> stage) {
		return (stage.getClass() == CompletableFuture.class
				&& stage instanceof CompletableFuture<UdsServerResponse> future && future.isDone()
				&& !future.isCompletedExceptionally()) ? future.getNow(null) : null;
	}

	private static @Nullable Instant deadline(UdsRequest request) {
		return (request.deadlineNanos() != UdsRequest.NO_DEADLINE)
				? Instant.now().plusNanos(request.deadlineNanos() - System.nanoTime()) : null;
	}

	/**
	 * Call the next interceptor. Completes with a response, whatever it or the handler
	 * does.
	 */
	private CompletionStage<UdsServerResponse> proceed(int index, UdsServerRequest request,
			UdsServerInterceptor.Chain handler) {
		try {
			CompletionStage<UdsServerResponse> stage = (index < this.interceptors.length)
					? this.interceptors[index].intercept(request, (next) -> proceed(index + 1, next, handler))
					: handler.proceed(request);
			Assert.state(stage != null, "No stage was returned");
			if (responseOf(stage) != null) {
				return stage;
			}
			return stage.handle((response, failure) -> (response != null) ? response : failed(index, request,
					(failure != null) ? failure : new IllegalStateException("The response is null")));
		}
		catch (Throwable ex) {
			return CompletableFuture.completedFuture(failed(index, request, ex));
		}
	}

	private UdsServerResponse failed(int index, UdsServerRequest request, Throwable failure) {
		Throwable reason = failure;
		while (reason instanceof CompletionException && reason.getCause() != null) {
			reason = reason.getCause();
		}
		FailureLog.Context context = new FailureLog.Context(request.metadata(), request.attributes());
		if (reason instanceof UdsStatusException status) {
			this.failures.expected(() -> describe(index, request) + " answered " + status.getStatus(), status, context);
			return UdsReply.failed(status.getStatus(), status.getPeerMessage(), status.getDetails());
		}
		this.failures.unknown(() -> describe(index, request) + " failed", reason, context);
		return UdsServerResponse.failed(Status.INTERNAL,
				(index < this.interceptors.length) ? "interceptor failed" : "handler failed");
	}

	private String describe(int index, UdsServerRequest request) {
		String who = (index < this.interceptors.length) ? "Interceptor " + this.interceptors[index].getClass().getName()
				: "The handler";
		return who + " of a request to '" + request.routeTemplate() + "' on listener '" + this.listener + "'";
	}

	/**
	 * Return the reply of a response, which may be an interceptor's own implementation.
	 */
	private UdsReply asReply(@Nullable UdsServerResponse response) {
		if (response instanceof UdsReply reply) {
			return reply;
		}
		try {
			Assert.state(response != null, "There is no response");
			return new UdsReply(Objects.requireNonNull(response.status()), Objects.requireNonNull(response.message()),
					Objects.requireNonNull(response.payload()), false, List.of());
		}
		catch (Throwable ex) {
			// its methods are the interceptor's code, including toString()
			this.failures.unknown(
					() -> "The response of an interceptor on listener '" + this.listener + "' is none"
							+ ((response != null) ? ": " + response.getClass().getName() : ""),
					ex, FailureLog.Context.NONE);
			return UdsReply.failed(Status.INTERNAL, "interceptor failed");
		}
	}

	private static void close(ItemSource items) {
		try {
			items.close();
		}
		catch (Throwable ex) {
			LostFailures.log("Items that an interceptor does not pass on could not be closed", ex);
		}
	}

	/** The answer of a handler, given once. */
	private static final class Outcome implements UdsReplyCallback {

		private final CompletableFuture<UdsServerResponse> response = new CompletableFuture<>();

		private final UdsReplyCallback outer;

		/**
		 * The outcome before this one, if an interceptor has called the handler again.
		 */
		private @Nullable Outcome before;

		private Outcome(UdsReplyCallback outer) {
			this.outer = outer;
		}

		private void addTo(AtomicReference<@Nullable Outcome> last) {
			do {
				this.before = last.get();
			}
			while (!last.compareAndSet(this.before, this));
		}

		@Override
		public @Nullable Status cancelled() {
			return this.outer.cancelled();
		}

		@Override
		public void onCancel(Runnable action) {
			this.outer.onCancel(action);
		}

		@Override
		public Scope openContext() {
			return this.outer.openContext();
		}

		@Override
		public void reply(UdsReply reply) {
			this.response.complete(reply);
		}

		@Override
		public void stream(ItemSource items, Function<Throwable, UdsReply> failures) {
			this.response.complete(new StreamedResponse(items, failures));
		}

		/**
		 * Close a stream that is not taken because an interceptor has answered itself.
		 */
		private void closeUnless(@Nullable UdsServerResponse taken) {
			if (taken != null && taken == responseOf(this.response)) {
				return;
			}
			this.response.thenAccept((response) -> {
				if (response != taken && response instanceof StreamedResponse streamed) {
					close(streamed.items());
				}
			});
		}

	}

	/** A stream that is about to begin: interceptors see a success without a payload. */
	private record StreamedResponse(ItemSource items,
			Function<Throwable, UdsReply> failures) implements UdsServerResponse {

		private static final byte[] EMPTY_PAYLOAD = {};

		@Override
		public Status status() {
			return Status.OK;
		}

		@Override
		public String message() {
			return "";
		}

		@Override
		public byte[] payload() {
			return EMPTY_PAYLOAD;
		}

	}

}
