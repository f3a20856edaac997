package io.github.udsboot.springsecurity.page;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.authority.AuthorityUtils;

import io.github.udsboot.springsecurity.PeerAuthoritiesMapper;

/* Shown in docs/spring-security.md. */
@Configuration(proxyBeanMethods = false)
class ClubAuthorities {

	@Bean
	PeerAuthoritiesMapper authorities() {
		return (peer) -> AuthorityUtils.createAuthorityList(peer.getName().equals("ada") ? "FOUNDER" : "MEMBER");
	}

}
