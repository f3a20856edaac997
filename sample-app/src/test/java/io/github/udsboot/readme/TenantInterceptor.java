package io.github.udsboot.readme;

import java.util.concurrent.CompletionStage;

import org.slf4j.MDC;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;

/* Shown in the README. */
@Component
@Order(1)
class TenantInterceptor implements UdsServerInterceptor {

	@Override
	public CompletionStage<UdsServerResponse> intercept(UdsServerRequest request, Chain chain) {
		String tenant = request.header("tenant");
		if (tenant == null) {
			throw new UdsStatusException(Status.UNAUTHENTICATED, "which tenant?");
		}
		MDC.put("tenant", tenant);
		try {
			return chain.proceed(request.withAttribute("tenant", new Tenant(tenant)));
		}
		finally {
			MDC.remove("tenant");
		}
	}

}
