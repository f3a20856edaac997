package io.github.udsboot.autoconfigure.listener;

import java.util.Map;
import java.util.Set;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Makes sure, before a listener accepts connections, that no authorizer belongs to a
 * listener that does not exist: it would keep no peer out.
 */
final class PeerAuthorizersVerifier implements SmartInitializingSingleton {

	private final PeerAuthorizers authorizers;

	private final ListenerNames listeners;

	PeerAuthorizersVerifier(PeerAuthorizers authorizers, ListenerNames listeners) {
		this.authorizers = authorizers;
		this.listeners = listeners;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Set<String> known = this.listeners.known();
		Map<String, String> unknown = this.authorizers.withoutListener(known);
		if (!known.isEmpty() && !unknown.isEmpty()) {
			throw new UnknownPeerAuthorizersException(unknown, known);
		}
	}

}
