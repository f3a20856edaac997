package io.github.udsboot.interceptor;

import java.util.concurrent.CompletionStage;

/**
 * Intercepts client calls. With Spring Boot, every bean of this type intercepts the calls
 * of every client, the first in {@link org.springframework.core.annotation.Order order}
 * outermost; {@link UdsClientRequest#client()} tells which client it is.
 *
 * <pre class="code">
 * public CompletionStage&lt;UdsClientResponse&gt; intercept(UdsClientRequest request, Chain chain) {
 *     return chain.proceed(request.withHeader("tenant", Tenant.current()));
 * }
 * </pre>
 *
 * <p>
 * Blocking and asynchronous calls have the same form. An interceptor runs on the thread
 * that makes the call, after the payload has been converted. If that thread waits,
 * {@link Chain#proceed} makes the whole call and returns a stage that is complete;
 * otherwise it returns at once. Code that follows the stage runs on the calling thread or
 * on the client's executor, never on a thread that reads for other calls.
 *
 * <p>
 * A call that streams ({@link UdsClientRequest#streaming()}) is intercepted once: the
 * stage of the chain is complete when the call is over, however long items are sent and
 * received. It fails with a {@link io.github.udsboot.UdsCancelledException} if the caller
 * ends the stream early. After the items that have arrived, the caller gets the end of
 * the stream when the stage that {@link #intercept} returns is complete, or its failure
 * if it fails. A response that an interceptor creates itself becomes the only item of a
 * stream that has no other; an empty one becomes no item.
 *
 * <p>
 * A call does not wait for a stage beyond its timeout: it then fails with
 * {@link io.github.udsboot.UdsDeadlineExceededException}, and a later completion of the
 * stage reaches no caller. A call without a timeout waits until the client is closed.
 *
 * <p>
 * Sessions are not intercepted. Implementations must be thread-safe.
 */
@FunctionalInterface
public interface UdsClientInterceptor {

	/**
	 * Intercept a call. The caller gets the exception that this throws, or the failure of
	 * the stage that it returns.
	 * @param request the request
	 * @param chain leads to the next interceptor, and from the last one to the server
	 * @return completes with the response: that of the chain, or another one, in which
	 * case the chain need not be called
	 */
	CompletionStage<UdsClientResponse> intercept(UdsClientRequest request, Chain chain);

	/**
	 * The interceptors that follow, and the call.
	 */
	@FunctionalInterface
	interface Chain {

		/**
		 * Continue with a request. May be called again to repeat the call, within the
		 * same timeout. A call that streams is repeated only if it failed before any item
		 * was sent or received; otherwise this returns the existing outcome.
		 * @param request the request that was received, or one derived from it
		 * @return completes with the response, or with the failure itself (usually a
		 * {@link io.github.udsboot.UdsException}), never wrapped in a
		 * {@link java.util.concurrent.CompletionException}
		 */
		CompletionStage<UdsClientResponse> proceed(UdsClientRequest request);

	}

}
