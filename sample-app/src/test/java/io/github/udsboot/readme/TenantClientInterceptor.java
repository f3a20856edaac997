package io.github.udsboot.readme;

import java.util.concurrent.CompletionStage;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;

/* Shown in the README. */
@Component
class TenantClientInterceptor implements UdsClientInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(TenantClientInterceptor.class);

	@Override
	public CompletionStage<UdsClientResponse> intercept(UdsClientRequest request, Chain chain) {
		long start = System.nanoTime();
		return chain.proceed(request.withHeader("tenant", "acme"))
			.whenComplete((response, failure) -> logger.info("{} took {} ns{}", request.route(),
					System.nanoTime() - start, (failure != null) ? ": " + failure.getMessage() : ""));
	}

}
