package io.github.udsboot.autoconfigure.security;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationEventPublisher;
import org.springframework.security.core.Authentication;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.listener.UdsConnectionRefusal;
import io.github.udsboot.listener.UdsConnectionRefusalListener;
import io.github.udsboot.springsecurity.PeerAuthoritiesMapper;
import io.github.udsboot.springsecurity.UdsPeerAuthentication;
import io.github.udsboot.springsecurity.UdsPeerAuthenticationDetails;

/**
 * Publishes a denied authorization for a connection that is refused because of who has
 * connected, and none for one that is refused because of a limit. Thread-safe.
 */
final class RefusedConnectionAuthorizationPublisher implements UdsConnectionRefusalListener {

	private final AuthorizationEventPublisher publisher;

	private final PeerAuthoritiesMapper authoritiesMapper;

	RefusedConnectionAuthorizationPublisher(AuthorizationEventPublisher publisher,
			PeerAuthoritiesMapper authoritiesMapper) {
		this.publisher = publisher;
		this.authoritiesMapper = authoritiesMapper;
	}

	@Override
	public void refused(UdsConnectionRefusal refusal) {
		if (refusal.reason() == RefusalReason.UNAUTHORIZED || refusal.reason() == RefusalReason.NO_CREDENTIALS) {
			Authentication authentication = authentication(refusal.listener(), refusal.peer());
			Supplier<@Nullable Authentication> supplier = () -> authentication;
			this.publisher.publishAuthorizationEvent(supplier, refusal, new AuthorizationDecision(false));
		}
	}

	private @Nullable Authentication authentication(String listener, @Nullable PeerCredentials peer) {
		return (peer != null)
				? new UdsPeerAuthentication(peer, new UdsPeerAuthenticationDetails(listener), this.authoritiesMapper)
				: null;
	}

}
