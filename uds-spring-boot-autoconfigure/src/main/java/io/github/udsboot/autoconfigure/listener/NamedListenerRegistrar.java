package io.github.udsboot.autoconfigure.listener;

import org.springframework.core.env.Environment;

import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.socket.NamedSocketRegistrar;
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
	protected boolean isEnabled(UdsProperties.Listener properties) {
		return properties.isEnabled();
	}

}
