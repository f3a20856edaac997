package io.github.udsboot.autoconfigure;

import org.springframework.core.env.Environment;

import io.github.udsboot.listener.UdsListenerContainer;

/**
 * Registers the named listeners.
 */
class NamedListenerRegistrar extends NamedSocketRegistrar<UdsProperties.Listener> {

	NamedListenerRegistrar(Environment environment) {
		super(environment, ListenerContainers.NAMED_PREFIX, UdsProperties.Listener.class,
				"'uds.socket' and 'uds.listener'", UdsListenerContainer.class, ListenerContainers.BEAN_NAME);
	}

	@Override
	boolean isEnabled(UdsProperties.Listener properties) {
		return properties.isEnabled();
	}

}
