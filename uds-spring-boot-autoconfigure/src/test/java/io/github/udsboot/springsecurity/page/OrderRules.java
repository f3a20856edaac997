package io.github.udsboot.springsecurity.page;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authorization.AuthorizationManager;

import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.springsecurity.UdsRequestAuthorizationManager;

/* Shown in docs/spring-security.md. */
@Configuration(proxyBeanMethods = false)
class OrderRules {

	// @formatter:off
	@Bean
	AuthorizationManager<UdsServerRequest> rules() {
		return UdsRequestAuthorizationManager.builder()
			.listeners("admin").hasAuthority("UNIX_GROUP_ops")
			.routes("orders.*.delete").hasRole("ORDERS")
			.routes("orders.**").authenticated()
			.routes("health").permitAll()
			.anyRequest().denyAll()
			.build();
	}
	// @formatter:on

}
