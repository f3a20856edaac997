package io.github.udsboot.interceptor;

import io.github.udsboot.PeerIdentity;

/**
 * Creates the contexts in which handlers, interceptors, exception handlers, session
 * listeners and the streams of handlers run. With Spring Boot, every bean of this type is
 * used for all listeners, the first in {@link org.springframework.core.annotation.Order
 * order} outermost. Must be thread-safe.
 */
@FunctionalInterface
public interface PeerContextFactory {

	/**
	 * Create the context of a connection. Called once per connection, before code of the
	 * application first runs for it, on a thread that may be an event loop: must not
	 * block.
	 * @param listener the name of the listener
	 * @param peer the peer
	 * @return the context
	 */
	PeerContext create(String listener, PeerIdentity peer);

}
