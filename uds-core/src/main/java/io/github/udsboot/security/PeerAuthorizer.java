package io.github.udsboot.security;

import java.util.List;

/**
 * Decides, once per connection and before a byte of it is read, whether a peer that the
 * mode of the socket file has let in may stay. Implementations must be thread-safe and
 * must not block.
 */
@FunctionalInterface
public interface PeerAuthorizer {

	/** Accepts every peer; see {@link #acceptAll()}. */
	PeerAuthorizer ACCEPT_ALL = (connection) -> true;

	/**
	 * Return whether a peer may stay. Called on the event loop that accepts, so it must
	 * not block; a peer for which it throws anything is refused.
	 * @param connection the connection, with its listener, its address and the peer
	 * @return {@code false} to close the connection
	 */
	boolean isAuthorized(PeerConnection connection);

	/**
	 * Return an authorizer that leaves the decision to the mode of the socket file. Not
	 * for abstract names, which have no mode: a listener with an abstract name refuses to
	 * start with it.
	 * @return an authorizer that accepts every peer
	 */
	static PeerAuthorizer acceptAll() {
		return ACCEPT_ALL;
	}

	/**
	 * Return an authorizer that accepts only the effective user of this process.
	 * @return an authorizer that accepts the own user
	 * @throws IllegalStateException if the user of this process cannot be determined
	 */
	static PeerAuthorizer ownUser() {
		return AllowListPeerAuthorizer.of(List.of(EffectiveUser.idOrName()), List.of());
	}

	/**
	 * Return an authorizer for abstract names, which have no mode: it accepts the
	 * effective user of this process and root, the peers that a socket file with the mode
	 * {@code rw-------} would let in.
	 * @return an authorizer that accepts the own user and root
	 * @throws IllegalStateException if the user of this process cannot be determined
	 */
	static PeerAuthorizer ownUserAndRoot() {
		return AllowListPeerAuthorizer.of(List.of(EffectiveUser.idOrName(), AllowListPeerAuthorizer.ROOT), List.of());
	}

}
