package io.github.udsboot.security;

import io.github.udsboot.PeerCredentials;

/**
 * Decides, once per connection and before a byte of it is read, whether a peer that the
 * file's mode let in may stay. Implementations are thread-safe and do not block.
 */
@FunctionalInterface
public interface PeerAuthorizer {

	/**
	 * Return whether a peer may stay.
	 * @param peer who it is
	 * @return {@code false} to close the connection
	 */
	boolean isAuthorized(PeerCredentials peer);

	/**
	 * Return an authorizer that leaves the decision to the mode of the socket file.
	 * @return an authorizer that accepts everybody
	 */
	static PeerAuthorizer acceptAll() {
		return (peer) -> true;
	}

}
