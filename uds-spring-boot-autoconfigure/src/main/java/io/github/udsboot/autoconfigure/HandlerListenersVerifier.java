package io.github.udsboot.autoconfigure;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

import io.github.udsboot.handler.HandlerRegistry;
import io.github.udsboot.handler.UnknownListenerException;
import io.github.udsboot.listener.UdsListenerContainer;

/**
 * Makes sure, once all handlers are registered, that each of them can be called.
 */
final class HandlerListenersVerifier implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(HandlerListenersVerifier.class);

	private final HandlerRegistry registry;

	private final ObjectProvider<UdsListenerContainer> containers;

	HandlerListenersVerifier(HandlerRegistry registry, ObjectProvider<UdsListenerContainer> containers) {
		this.registry = registry;
		this.containers = containers;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Set<String> unknown = new TreeSet<>(this.registry.listenerNames());
		if (unknown.isEmpty()) {
			return;
		}
		Set<String> known = this.containers.stream()
			.map((container) -> container.getOptions().getName())
			.collect(Collectors.toSet());
		if (known.isEmpty()) {
			logger.warn("There are handlers for the listeners " + unknown
					+ " and there is no listener: set 'uds.socket.path' to make the handlers callable");
			return;
		}
		unknown.removeAll(known);
		if (!unknown.isEmpty()) {
			throw new UnknownListenerException(unknown, known);
		}
	}

}
