package io.github.udsboot;

import java.security.Principal;

/**
 * Who calls, and on whose word. Today that is always the process at the other end of the
 * connection, of which the kernel tells; then this is its {@link PeerCredentials}. A
 * relay that speaks for callers on other hosts will be told apart by
 * {@link #credentials()}: the name is the caller's, the credentials are the relay's.
 */
public sealed interface PeerIdentity extends Principal permits PeerCredentials {

	/**
	 * Return the name of the caller.
	 * @return the name; for a process of this host, that of its user, or the user's
	 * number if it has no name
	 */
	@Override
	String getName();

	/**
	 * Return the process at the other end of the connection, as the kernel knows it: the
	 * caller itself, or the relay on whose word the caller's name is known.
	 * @return the credentials
	 */
	PeerCredentials credentials();

	/**
	 * Return whether the name is known on the word of a relay only.
	 * @return {@code false} if the kernel vouches for it
	 */
	default boolean isRelayed() {
		return credentials() != this;
	}

}
