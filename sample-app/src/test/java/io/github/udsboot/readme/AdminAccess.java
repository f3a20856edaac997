package io.github.udsboot.readme;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.udsboot.security.PeerAuthorizer;

/* Shown in docs/security.md. */
@Configuration(proxyBeanMethods = false)
class AdminAccess {

	@Bean
	@Qualifier("admin")
	PeerAuthorizer adminAuthorizer() {
		return (connection) -> connection.peer().getName().equals("root");
	}

}
