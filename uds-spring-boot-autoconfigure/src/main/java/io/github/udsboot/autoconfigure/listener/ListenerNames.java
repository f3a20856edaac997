package io.github.udsboot.autoconfigure.listener;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.springframework.beans.factory.ObjectProvider;

import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.socket.SocketNames;
import io.github.udsboot.listener.UdsListenerContainer;

/**
 * The names of the listeners of an application.
 */
final class ListenerNames {

	private final ObjectProvider<UdsListenerContainer> containers;

	private final UdsProperties properties;

	ListenerNames(ObjectProvider<UdsListenerContainer> containers, UdsProperties properties) {
		this.containers = containers;
		this.properties = properties;
	}

	/**
	 * Return the names of all listeners, created by the application or not.
	 * @return the names, with those of disabled listeners: what belongs to them is known,
	 * but inactive
	 */
	Set<String> known() {
		Set<String> known = this.containers.stream(ObjectProvider.UNFILTERED)
			.map((container) -> container.getOptions().getName())
			.collect(Collectors.toCollection(TreeSet::new));
		known.addAll(SocketNames.distinct(this.properties.getListeners()).keySet());
		if (!this.properties.getListener().isEnabled()) {
			known.add(SocketNames.DEFAULT);
		}
		return known;
	}

	/**
	 * Return the names that have properties.
	 * @return the names, and that of the listener without one
	 */
	static Set<String> configured(UdsProperties properties) {
		Set<String> configured = new TreeSet<>(SocketNames.distinct(properties.getListeners()).keySet());
		configured.add(SocketNames.DEFAULT);
		return configured;
	}

}
