package io.github.udsboot.interceptor;

import java.util.concurrent.CompletionStage;

/**
 * Intercepts requests to the handlers of listeners. With Spring Boot, every bean of this
 * type intercepts the requests of every listener, the first in
 * {@link org.springframework.core.annotation.Order order} outermost;
 * {@link UdsServerRequest#listener()} tells which listener it is.
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
 * loop only if the handler does too. What it binds to the thread around
 * {@link Chain#proceed} is visible in the handler. A handler that returns a
 * {@link CompletionStage} has only started when {@code proceed} returns; an interceptor
 * that needs the outcome gets it from the stage, which for all other handlers is complete
 * by then.
 *
 * <p>
 * Requests that reach no handler (an unknown route, a limit, a deadline that has passed)
 * reach no interceptor either. Implementations must be thread-safe.
 */
@FunctionalInterface
public interface UdsServerInterceptor {

	/**
	 * Intercept a request.
	 * @param request the request
	 * @param chain leads to the next interceptor, and from the last one to the handler
	 * @return completes with the response: that of the chain, or another one, in which
	 * case the chain need not be called
	 * @throws Exception to fail the request: with the status and message of a
	 * {@link io.github.udsboot.UdsStatusException}, with {@code INTERNAL} and a line in
	 * the log for anything else. A stage that completes with a failure has the same
	 * effect.
	 */
	CompletionStage<UdsServerResponse> intercept(UdsServerRequest request, Chain chain) throws Exception;

	/**
	 * The interceptors that follow, and the handler.
	 */
	@FunctionalInterface
	interface Chain {

		/**
		 * Continue with a request.
		 * @param request the request that was received, or one derived from it
		 * @return completes with the response and never with a failure: an exception from
		 * a handler or an interceptor becomes a response with a status other than
		 * {@code OK}
		 */
		CompletionStage<UdsServerResponse> proceed(UdsServerRequest request);

	}

}
