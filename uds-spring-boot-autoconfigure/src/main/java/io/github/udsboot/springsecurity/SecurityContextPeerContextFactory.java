package io.github.udsboot.springsecurity;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.util.Assert;

import io.github.udsboot.PeerIdentity;
import io.github.udsboot.interceptor.PeerContext;
import io.github.udsboot.interceptor.PeerContextFactory;

/**
 * Has code of the application run in the {@link SecurityContext} of its peer. Each time a
 * thread runs such code it gets a context of its own, which the code may change, around
 * the one {@link UdsPeerAuthentication} of the connection. Thread-safe.
 */
public final class SecurityContextPeerContextFactory implements PeerContextFactory {

	private static final String GLOBAL = "GlobalSecurityContextHolderStrategy";

	private final PeerAuthoritiesMapper authoritiesMapper;

	private final SecurityContextHolderStrategy strategy;

	/**
	 * Create a factory.
	 * @param authoritiesMapper says which authorities a peer has
	 * @param strategy holds the contexts of threads
	 * @throws IllegalArgumentException if the strategy has one context for all threads
	 */
	public SecurityContextPeerContextFactory(PeerAuthoritiesMapper authoritiesMapper,
			SecurityContextHolderStrategy strategy) {
		Assert.isTrue(!strategy.getClass().getSimpleName().equals(GLOBAL),
				"The SecurityContextHolder has one context for all threads (MODE_GLOBAL), so that callers would be taken "
						+ "for each other: set MODE_THREADLOCAL, the default");
		this.authoritiesMapper = authoritiesMapper;
		this.strategy = strategy;
	}

	@Override
	public PeerContext create(String listener, PeerIdentity peer) {
		Authentication authentication = new UdsPeerAuthentication(peer, new UdsPeerAuthenticationDetails(listener),
				this.authoritiesMapper);
		return () -> open(authentication);
	}

	private PeerContext.Scope open(Authentication authentication) {
		SecurityContext previous = this.strategy.getContext();
		SecurityContext context = this.strategy.createEmptyContext();
		context.setAuthentication(authentication);
		this.strategy.setContext(context);
		// What looks empty was made by the look, and must not stay
		return (previous.getAuthentication() != null) ? () -> this.strategy.setContext(previous)
				: this.strategy::clearContext;
	}

}
