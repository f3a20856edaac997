package io.github.udsboot.security;

import io.github.udsboot.PeerCredentials;

/**
 * A connection that a listener has accepted and not read from, as a
 * {@link PeerAuthorizer} sees it.
 *
 * @param listener the name of the listener
 * @param address the path of its socket, or {@code @} and an abstract name
 * @param peer who has connected
 */
public record PeerConnection(String listener, String address, PeerCredentials peer) {

}
