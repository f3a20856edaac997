package io.github.udsboot.client.rpc;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.client.call.CallFuture;
import io.github.udsboot.client.call.CallRecipient;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.CallbackExecutor;
import io.github.udsboot.client.call.ClientInterceptorChain;
import io.github.udsboot.client.call.InterceptedOutcomes;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;

/**
 * Makes calls with the interceptors of a client around them.
 */
public final class InterceptedUnaryCalls implements UnaryCalls {

	private static final UdsClientResponse SENT = new UdsClientResponse(new byte[0]);

	private final UnaryCallExecutor calls;

	private final ClientInterceptorChain interceptors;

	public InterceptedUnaryCalls(UnaryCallExecutor calls, ClientInterceptorChain interceptors) {
		this.calls = calls;
		this.interceptors = interceptors;
	}

	@Override
	public byte[] call(CallRequest request, byte[] payload) {
		AtomicBoolean gone = new AtomicBoolean();
		Queue<CompletableFuture<UdsClientResponse>> elsewhere = new ConcurrentLinkedQueue<>();
		try {
			return this.interceptors
				.await(describe(request, payload, false), request.startedAt(),
						(last) -> CompletableFuture.completedFuture(
								new UdsClientResponse(this.calls.call(attempt(request, last), last.payload()))),
						(last) -> {
							if (gone.get()) {
								throw cancelled(request);
							}
							CompletableFuture<UdsClientResponse> attempt = begin(request, last);
							// first the attempt, then the check: the caller uses the
							// reverse order
							elsewhere.add(attempt);
							if (gone.get()) {
								attempt.completeExceptionally(cancelled(request));
							}
							return attempt;
						})
				.payload();
		}
		catch (UdsCancelledException | UdsDeadlineExceededException ex) {
			// the caller no longer waits, so no attempt has a recipient
			gone.set(true);
			elsewhere.forEach((attempt) -> attempt.completeExceptionally(ex));
			throw ex;
		}
	}

	@Override
	public <T> CompletableFuture<T> callAsync(CallRequest request, byte[] payload, Function<byte[], T> conversion) {
		CallFuture<T> future = new CallFuture<>(conversion);
		CallRecipient recipient = this.calls.inContext(future);
		InterceptedCall call = new InterceptedCall(request);
		CompletableFuture<UdsClientResponse> outcome = this.interceptors.intercept(describe(request, payload, false),
				(last) -> {
					if (future.isGone()) {
						throw cancelled(request);
					}
					call.attempted(request.startedAt() + Nanos.of(last.timeout()));
					CompletableFuture<UdsClientResponse> attempt = begin(request, last);
					future.whenComplete((value, failure) -> {
						if (!attempt.isDone()) {
							attempt.completeExceptionally(cancelled(request));
						}
					});
					return attempt;
				});
		outcome.handle((response, failure) -> {
			if (response != null) {
				recipient.answered(response.payload());
			}
			else {
				recipient.failed(failure);
			}
			return true;
		});
		this.calls.watch(call, outcome);
		return future;
	}

	private UdsCancelledException cancelled(CallRequest request) {
		return new UdsCancelledException("The caller has cancelled the call", request.route(), this.interceptors.path(),
				null);
	}

	@Override
	public void send(CallRequest request, byte[] payload, Consumer<Throwable> failed) {
		AtomicBoolean gone = new AtomicBoolean();
		try {
			this.interceptors.await(describe(request, payload, true), request.startedAt(),
					(last) -> CompletableFuture.completedFuture(send(request, last, failed)), (last) -> {
						if (gone.get()) {
							throw cancelled(request);
						}
						return CallbackExecutor.supply(() -> send(request, last, failed));
					});
		}
		catch (UdsCancelledException | UdsDeadlineExceededException ex) {
			gone.set(true);
			throw ex;
		}
	}

	private UdsClientResponse send(CallRequest request, UdsClientRequest last, Consumer<Throwable> failed) {
		this.calls.send(attempt(request, last), last.payload(), failed);
		return SENT;
	}

	private CompletableFuture<UdsClientResponse> begin(CallRequest request, UdsClientRequest last) {
		return this.calls.callAsync(attempt(request, last), last.payload(), UdsClientResponse::new);
	}

	private UdsClientRequest describe(CallRequest request, byte[] payload, boolean oneWay) {
		return new UdsClientRequest(this.interceptors.client(), request.template(), request.route(), payload,
				request.metadata(), Duration.ofNanos(request.deadline() - request.startedAt()), oneWay, false);
	}

	/**
	 * Return the request of an attempt. Each counts separately in the meters; all share
	 * one deadline.
	 */
	private static CallRequest attempt(CallRequest request, UdsClientRequest last) {
		return new CallRequest(request.route(), request.template(), last.metadata(), System.nanoTime(),
				request.startedAt() + Nanos.of(last.timeout()), request.oneWay());
	}

	/** The call as seen by the I/O thread. */
	private final class InterceptedCall implements InterceptedOutcomes.Call {

		private final CallRequest request;

		private final AtomicLong deadline;

		private volatile boolean attempted;

		private InterceptedCall(CallRequest request) {
			this.request = request;
			this.deadline = new AtomicLong(request.deadline());
		}

		/**
		 * Note the deadline of an attempt: an interceptor may give a call more time than
		 * its caller did.
		 */
		private void attempted(long deadline) {
			this.deadline.accumulateAndGet(deadline, (a, b) -> (a - b > 0) ? a : b);
			this.attempted = true;
		}

		@Override
		public long deadline() {
			return this.deadline.get();
		}

		@Override
		public boolean isAttempted() {
			return this.attempted;
		}

		@Override
		public UdsException unanswered(boolean closed) {
			return InterceptedOutcomes.unanswered(closed, this.request.route(),
					InterceptedUnaryCalls.this.interceptors);
		}

		@Override
		public void expire(UdsException failure) {
			// completing the outcome is sufficient
		}

	}

}
