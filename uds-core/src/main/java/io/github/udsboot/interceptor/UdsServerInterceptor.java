package io.github.udsboot.interceptor;

import java.util.concurrent.CompletionStage;

/**
 * Stands around the handlers of listeners. With Spring Boot every bean of this type does,
 * on every listener, the first in {@link org.springframework.core.annotation.Order order}
 * outermost; {@link UdsServerRequest#listener()} tells which listener it is.
 *
 * <pre class="code">
 * public CompletionStage&lt;UdsServerResponse&gt; intercept(UdsServerRequest request, Chain chain) {
 *     long start = System.nanoTime();
 *     return chain.proceed(request)
 *         .whenComplete((response, failure) -&gt; log(request.route(), response.status(), System.nanoTime() - start));
 * }
 * </pre>
 *
 * <p>
 * An interceptor runs on the thread that runs the handler, right before it: on the event
 * loop only when the handler does too. What it binds to the thread around
 * {@link Chain#proceed} is visible in the handler. A handler that returns a
 * {@link CompletionStage} has only begun when {@code proceed} returns; whoever wants to
 * know the outcome asks the stage, which for all other handlers is complete by then.
 *
 * <p>
 * Requests that no handler would see (an unknown route, a limit, a deadline that has
 * passed) are seen by no interceptor either. Implementations are thread-safe.
 */
@FunctionalInterface
public interface UdsServerInterceptor {

	/**
	 * Intercept a request.
	 * @param request the request
	 * @param chain leads to the next interceptor, and from the last one to the handler
	 * @return completes with the response: that of the chain, or another one, in which
	 * case the chain need not be asked
	 * @throws Exception if the request is to fail: with status and message of a
	 * {@link io.github.udsboot.UdsStatusException}, with {@code INTERNAL} and a line in
	 * the log for anything else. A stage that completes with a failure means the same.
	 */
	CompletionStage<UdsServerResponse> intercept(UdsServerRequest request, Chain chain) throws Exception;

	/**
	 * The interceptors that follow, and the handler.
	 */
	@FunctionalInterface
	interface Chain {

		/**
		 * Go on with a request.
		 * @param request the request that came, or one made of it
		 * @return completes with the response and never with a failure: what a handler or
		 * an interceptor throws is a response with another status than {@code OK}
		 */
		CompletionStage<UdsServerResponse> proceed(UdsServerRequest request);

	}

}
