package io.github.udsboot.readme;

import org.springframework.stereotype.Component;

import io.github.udsboot.PeerIdentity;
import io.github.udsboot.interceptor.PeerContext;
import io.github.udsboot.interceptor.PeerContextFactory;

/* Shown in docs/handlers.md. */
@Component
class CallerContextFactory implements PeerContextFactory {

	static final ThreadLocal<String> CALLER = new ThreadLocal<>();

	@Override
	public PeerContext create(String listener, PeerIdentity peer) {
		String caller = peer.getName() + " on " + listener;
		return () -> {
			String previous = CALLER.get();
			CALLER.set(caller);
			return () -> CALLER.set(previous);
		};
	}

}
