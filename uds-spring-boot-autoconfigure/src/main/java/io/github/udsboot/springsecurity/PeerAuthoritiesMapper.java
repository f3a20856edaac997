package io.github.udsboot.springsecurity;

import java.util.Collection;

import org.springframework.security.core.GrantedAuthority;

import io.github.udsboot.PeerIdentity;

/**
 * Says which authorities a peer has. With Spring Boot a bean of this type takes the place
 * of the {@link UnixAuthoritiesMapper}. Must be thread-safe.
 */
@FunctionalInterface
public interface PeerAuthoritiesMapper {

	/**
	 * Return the authorities of a peer. Called when they are first asked for on a
	 * connection, and never for a connection on which they are not. That may be on an
	 * event loop: a mapper that waits for another system keeps other connections waiting,
	 * too. A mapper that fails is asked again.
	 * @param peer the peer
	 * @return its authorities, which it keeps for as long as it is connected
	 */
	Collection<? extends GrantedAuthority> mapAuthorities(PeerIdentity peer);

}
