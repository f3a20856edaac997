package io.github.udsboot.benchmark.peer.uds;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.github.udsboot.autoconfigure.security.UdsSecurityAutoConfiguration;
import io.github.udsboot.springsecurity.UdsRequestAuthorizationManager;

/**
 * The server with Spring Security: every call has a security context, and is authorized
 * by an authority of its caller.
 */
@Configuration(proxyBeanMethods = false)
@Import(UdsServerApplication.class)
@ImportAutoConfiguration(UdsSecurityAutoConfiguration.class)
class SecuredServerApplication {

	@Bean
	UdsRequestAuthorizationManager authorization() {
		return UdsRequestAuthorizationManager.builder()
			.routes("benchmark.*")
			.hasAuthority("UNIX_USER_" + System.getProperty("user.name"))
			.build();
	}

}
