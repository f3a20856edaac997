package io.github.udsboot.client.call;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.guard.ForeignText;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsClientInterceptor.Chain;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;

/**
 * Runs the interceptors of a client around its calls.
 */
public final class ClientInterceptorChain {

	private final String client;

	private final String path;

	private final UdsClientInterceptor[] interceptors;

	/**
	 * Create an instance.
	 * @param client the name of the client
	 * @param path the path of the socket, for messages
	 * @param interceptors the interceptors, the outermost first
	 */
	public ClientInterceptorChain(String client, String path, List<UdsClientInterceptor> interceptors) {
		this.client = client;
		this.path = path;
		this.interceptors = interceptors.toArray(UdsClientInterceptor[]::new);
	}

	/** Return whether there are no interceptors. */
	public boolean isEmpty() {
		return this.interceptors.length == 0;
	}

	public String client() {
		return this.client;
	}

	public String path() {
		return this.path;
	}

	/**
	 * Run the interceptors around a call.
	 * @param request the request
	 * @param call makes the call
	 * @return completes with the response or with the failure itself
	 */
	public CompletableFuture<UdsClientResponse> intercept(UdsClientRequest request, Chain call) {
		return proceed(0, request, call);
	}

	/**
	 * Run the interceptors around a call that the current thread makes.
	 * @param request the request
	 * @param call makes the call on the current thread, which may be kept waiting
	 * @param callElsewhere makes the call for an interceptor that proceeds on another
	 * thread, or later, which must not be kept waiting
	 * @return completes with the response or with the failure itself
	 */
	public CompletableFuture<UdsClientResponse> intercept(UdsClientRequest request, Chain call, Chain callElsewhere) {
		AtomicReference<@Nullable Thread> caller = new AtomicReference<>(Thread.currentThread());
		try {
			return intercept(request, (last) -> (Thread.currentThread() == caller.get()) ? call.proceed(last)
					: callElsewhere.proceed(last));
		}
		finally {
			// the thread may proceed with this call later, among its other work
			caller.set(null);
		}
	}

	private CompletableFuture<UdsClientResponse> proceed(int index, UdsClientRequest request, Chain call) {
		CompletableFuture<UdsClientResponse> outcome = new CompletableFuture<>();
		try {
			CompletionStage<UdsClientResponse> stage = (index < this.interceptors.length)
					? this.interceptors[index].intercept(request, (next) -> proceed(index + 1, next, call))
					: call.proceed(request);
			if (stage == null) {
				throw new IllegalStateException(this.interceptors[index].getClass().getName() + " returned no stage");
			}
			// not whenComplete, which would call toString() on a failure
			stage.handle((response, failure) -> {
				if (response != null) {
					return outcome.complete(response);
				}
				return outcome.completeExceptionally((failure != null) ? reason(failure)
						: new IllegalStateException("An interceptor completed with no response"));
			});
		}
		catch (Throwable ex) {
			outcome.completeExceptionally(ex);
		}
		return outcome;
	}

	private static Throwable reason(Throwable failure) {
		Throwable reason = failure;
		while (reason instanceof CompletionException && reason.getCause() != null) {
			reason = reason.getCause();
		}
		return reason;
	}

	/**
	 * Run the interceptors around a call that the current thread waits for.
	 * @param request the request
	 * @param startedAt when the call began
	 * @param call makes the call on the current thread
	 * @param callElsewhere makes the call for an interceptor that proceeds on another
	 * thread, which must not be kept waiting
	 * @return the response
	 */
	public UdsClientResponse await(UdsClientRequest request, long startedAt, Chain call, Chain callElsewhere) {
		AtomicLong deadline = new AtomicLong(startedAt + Nanos.of(request.timeout()));
		CompletableFuture<UdsClientResponse> outcome = intercept(request,
				(last) -> call.proceed(extending(deadline, startedAt, last)),
				(last) -> callElsewhere.proceed(extending(deadline, startedAt, last)));
		return await(outcome, request.route(), deadline::get);
	}

	/** An interceptor may give a call more time than its caller did. */
	private static UdsClientRequest extending(AtomicLong deadline, long startedAt, UdsClientRequest last) {
		deadline.accumulateAndGet(startedAt + Nanos.of(last.timeout()), (a, b) -> (a - b > 0) ? a : b);
		return last;
	}

	/**
	 * Wait for the outcome of a call, which is already known unless the call streams or
	 * an interceptor returned before ending it.
	 * @param outcome completes with the failure itself
	 * @param route the route, for messages
	 * @param deadline when to stop waiting, which may change; or
	 * {@link CallRequest#NO_DEADLINE}
	 * @return the response
	 */
	public UdsClientResponse await(CompletableFuture<UdsClientResponse> outcome, String route, LongSupplier deadline) {
		try {
			while (!outcome.isDone()) {
				long end = deadline.getAsLong();
				if (end == CallRequest.NO_DEADLINE) {
					return outcome.get();
				}
				long left = end - System.nanoTime();
				if (left <= 0) {
					throw new UdsDeadlineExceededException(
							"The call has not ended in time, with its interceptors; it may have been executed", route,
							this.path, null);
				}
				waitFor(outcome, left);
			}
			return outcome.get();
		}
		catch (InterruptedException ex) {
			throw CallFailures.interruptedAwaitingAnswer(route, this.path);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Error error) {
				throw error;
			}
			throw unchecked(ex.getCause(), route);
		}
	}

	private static void waitFor(CompletableFuture<UdsClientResponse> outcome, long nanos)
			throws InterruptedException, ExecutionException {
		try {
			outcome.get(nanos, TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			// the loop checks the deadline, which may have moved
		}
	}

	/** Return the exception that a caller gets for the failure of a call. */
	public RuntimeException unchecked(@Nullable Throwable failure, String route) {
		return (failure instanceof RuntimeException unchecked) ? unchecked : new UdsException(Status.UNKNOWN,
				"An interceptor failed: " + ForeignText.of(failure), route, this.path, failure);
	}

}
