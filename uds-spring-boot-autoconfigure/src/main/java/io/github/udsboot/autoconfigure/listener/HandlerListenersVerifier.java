package io.github.udsboot.autoconfigure.listener;

import java.util.Set;
import java.util.TreeSet;

import org.apache.commons.logging.Log;
import org.springframework.beans.factory.SmartInitializingSingleton;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UnknownListenerException;

/**
 * Makes sure, once all handlers are registered, that each of them can be called.
 */
final class HandlerListenersVerifier implements SmartInitializingSingleton {

	private static final Log logger = GuardedLog.of(HandlerListenersVerifier.class);

	private final HandlerRegistry registry;

	private final ListenerNames listeners;

	HandlerListenersVerifier(HandlerRegistry registry, ListenerNames listeners) {
		this.registry = registry;
		this.listeners = listeners;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Set<String> unknown = new TreeSet<>(this.registry.listenerNames());
		Set<String> known = this.listeners.known();
		unknown.removeAll(known);
		if (unknown.isEmpty()) {
			return;
		}
		if (known.isEmpty()) {
			logger.warn("There are handlers for the listeners " + unknown
					+ " and there is no listener: set 'uds.socket.path', or 'uds.listeners.<name>.path' for a listener "
					+ "with a name, to make the handlers callable");
			return;
		}
		throw new UnknownListenerException(unknown, known);
	}

}
