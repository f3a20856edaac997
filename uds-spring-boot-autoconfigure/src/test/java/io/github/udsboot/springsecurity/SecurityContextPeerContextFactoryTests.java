package io.github.udsboot.springsecurity;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.context.SecurityContextImpl;

import io.github.udsboot.interceptor.PeerContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SecurityContextPeerContextFactoryTests {

	private final SecurityContextHolderStrategy strategy = SecurityContextHolder.getContextHolderStrategy();

	private final AtomicInteger mappings = new AtomicInteger();

	private final SecurityContextPeerContextFactory factory = new SecurityContextPeerContextFactory((peer) -> {
		this.mappings.incrementAndGet();
		return List.of();
	}, this.strategy);

	@AfterEach
	void clear() {
		SecurityContextHolder.clearContext();
	}

	private static Authentication current() {
		return SecurityContextHolder.getContext().getAuthentication();
	}

	@Test
	void aThreadWithNoneHasNoneAfterwards() {
		PeerContext context = this.factory.create("a", Peers.peer("ada"));
		try (PeerContext.Scope scope = context.open()) {
			assertThat(scope).isNotNull();
			assertThat(current()).isInstanceOf(UdsPeerAuthentication.class);
			assertThat(current().getName()).isEqualTo("ada");
		}
		assertThat(current()).isNull();
	}

	@Test
	void aThreadWithAnotherHasThatVeryOneAfterwards() {
		SecurityContext http = new SecurityContextImpl(new TestingAuthenticationToken("http", null));
		SecurityContextHolder.setContext(http);
		PeerContext ada = this.factory.create("a", Peers.peer("ada"));
		PeerContext bob = this.factory.create("a", Peers.peer("bob"));
		try (PeerContext.Scope outer = ada.open()) {
			assertThat(outer).isNotNull();
			Authentication authentication = current();
			SecurityContext context = SecurityContextHolder.getContext();
			try (PeerContext.Scope inner = bob.open()) {
				assertThat(inner).isNotNull();
				assertThat(current().getName()).isEqualTo("bob");
				SecurityContextHolder.getContext().setAuthentication(null);
			}
			assertThat(current()).isSameAs(authentication);
			assertThat(SecurityContextHolder.getContext()).isSameAs(context);
		}
		assertThat(SecurityContextHolder.getContext()).isSameAs(http);
		assertThat(current().getName()).isEqualTo("http");
	}

	@Test
	void itIsOneAuthenticationInAContextOfItsOwnEachTime() {
		PeerContext context = this.factory.create("a", Peers.peer("ada"));
		PeerContext.Scope scope = context.open();
		SecurityContext first = SecurityContextHolder.getContext();
		scope.close();
		scope = context.open();
		SecurityContext second = SecurityContextHolder.getContext();
		scope.close();
		assertThat(second).isNotSameAs(first);
		assertThat(second.getAuthentication()).isSameAs(first.getAuthentication());
		assertThat(this.mappings).as("looks at what the authorities come from").hasValue(0);
	}

	@Test
	void aStrategyWithOneContextForAllThreadsIsRefused() {
		SecurityContextHolder.setStrategyName(SecurityContextHolder.MODE_GLOBAL);
		try {
			SecurityContextHolderStrategy global = SecurityContextHolder.getContextHolderStrategy();
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new SecurityContextPeerContextFactory(new UnixAuthoritiesMapper(), global))
				.withMessageContaining("MODE_GLOBAL");
		}
		finally {
			SecurityContextHolder.setStrategyName(SecurityContextHolder.MODE_THREADLOCAL);
			SecurityContextHolder.setContextHolderStrategy(this.strategy);
		}
	}

}
