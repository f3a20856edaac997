package io.github.udsboot.interceptor;

import java.util.concurrent.CompletionStage;

/**
 * Stands around the calls of clients. With Spring Boot every bean of this type does, on
 * every client, the first in {@link org.springframework.core.annotation.Order order}
 * outermost; {@link UdsClientRequest#client()} tells which client it is.
 *
 * <pre class="code">
 * public CompletionStage&lt;UdsClientResponse&gt; intercept(UdsClientRequest request, Chain chain) {
 *     return chain.proceed(request.withHeader("tenant", Tenant.current()));
 * }
 * </pre>
 *
 * <p>
 * There is one form for calls that a thread waits for and calls that none does. An
 * interceptor runs on the thread that makes the call, after the payload was converted;
 * when that thread waits, {@link Chain#proceed} makes the whole call and returns a stage
 * that is complete, otherwise it returns at once. What follows the stage runs on the
 * calling thread or on the client's executor, never on a thread that reads for others.
 *
 * <p>
 * A call that streams ({@link UdsClientRequest#streaming()}) is seen once: the stage of
 * the chain is complete when the call is over, however long items come and go. It fails
 * with a {@link io.github.udsboot.UdsCancelledException} if the caller ends the stream
 * early. The caller gets the end of the stream when the stage that {@link #intercept}
 * returns is complete, and its failure if it fails, after the items that have come. A
 * response that an interceptor makes of its own is the one item of a stream that has no
 * other; an empty one is none.
 *
 * <p>
 * A call does not wait for a stage beyond its time-out: it fails then, with
 * {@link io.github.udsboot.UdsDeadlineExceededException}, and what the stage is completed
 * with later reaches nobody. One without a time-out waits until the client is closed.
 *
 * <p>
 * Sessions are not intercepted. Implementations are thread-safe.
 */
@FunctionalInterface
public interface UdsClientInterceptor {

	/**
	 * Intercept a call. What it throws, or what the stage that it returns fails with, is
	 * what the caller gets.
	 * @param request the request
	 * @param chain leads to the next interceptor, and from the last one to the server
	 * @return completes with the response: that of the chain, or another one, in which
	 * case the chain need not be asked
	 */
	CompletionStage<UdsClientResponse> intercept(UdsClientRequest request, Chain chain);

	/**
	 * The interceptors that follow, and the call.
	 */
	@FunctionalInterface
	interface Chain {

		/**
		 * Go on with a request. May be called again to make the call again, within the
		 * same time-out. A call that streams is only made again after one that failed
		 * before an item was sent or had come; otherwise the outcome is the one that
		 * there is.
		 * @param request the request that came, or one made of it
		 * @return completes with the response, or with the failure itself (a
		 * {@link io.github.udsboot.UdsException} mostly), never one wrapped in a
		 * {@link java.util.concurrent.CompletionException}
		 */
		CompletionStage<UdsClientResponse> proceed(UdsClientRequest request);

	}

}
