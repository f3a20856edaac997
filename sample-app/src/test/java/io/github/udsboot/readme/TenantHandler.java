package io.github.udsboot.readme;

import org.slf4j.MDC;
import org.springframework.messaging.handler.annotation.Header;

import io.github.udsboot.annotation.UdsHandler;

class TenantHandler {

	@UdsHandler("tenant")
	String tenant(@Header("tenant") Tenant tenant) {
		return tenant.name() + " " + MDC.get("tenant");
	}

}
