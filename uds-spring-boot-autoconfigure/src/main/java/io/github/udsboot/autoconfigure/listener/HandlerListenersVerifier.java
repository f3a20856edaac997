package io.github.udsboot.autoconfigure.listener;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.socket.SocketNames;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UnknownListenerException;
import io.github.udsboot.listener.UdsListenerContainer;

/**
 * Makes sure, once all handlers are registered, that each of them can be called.
 */
final class HandlerListenersVerifier implements SmartInitializingSingleton {

	private static final Log logger = GuardedLog.of(HandlerListenersVerifier.class);

	private final HandlerRegistry registry;

	private final ObjectProvider<UdsListenerContainer> containers;

	private final UdsProperties properties;

	HandlerListenersVerifier(HandlerRegistry registry, ObjectProvider<UdsListenerContainer> containers,
			UdsProperties properties) {
		this.registry = registry;
		this.containers = containers;
		this.properties = properties;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Set<String> unknown = new TreeSet<>(this.registry.listenerNames());
		Set<String> known = knownNames();
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

	/** Includes disabled listeners: their handlers are known, but inactive. */
	private Set<String> knownNames() {
		Set<String> known = this.containers.stream(ObjectProvider.UNFILTERED)
			.map((container) -> container.getOptions().getName())
			.collect(Collectors.toCollection(TreeSet::new));
		known.addAll(SocketNames.distinct(this.properties.getListeners()).keySet());
		if (!this.properties.getListener().isEnabled()) {
			known.add(SocketNames.DEFAULT);
		}
		return known;
	}

}
