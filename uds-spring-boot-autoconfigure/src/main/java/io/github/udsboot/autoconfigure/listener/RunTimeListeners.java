package io.github.udsboot.autoconfigure.listener;

import java.util.Set;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

import io.github.udsboot.autoconfigure.socket.ConfiguredSockets;
import io.github.udsboot.autoconfigure.socket.RunTimeSockets;

/**
 * Decides at run time which listeners an application has that was built ahead of time.
 */
final class RunTimeListeners extends RunTimeSockets {

	private static final String LISTENER = "udsListenerContainer";

	RunTimeListeners(Environment environment) {
		super(environment, new NamedListenerRegistrar(environment), UdsListenerAutoConfiguration.class,
				Set.of(LISTENER, "udsHandlerListenersVerifier", "udsPeerAuthorizersVerifier"), "udsBuiltListeners");
	}

	@Override
	protected boolean isWanted(String beanName, ConfiguredSockets configured,
			ConfigurableListableBeanFactory beanFactory, Set<String> built) {
		return !beanName.equals(LISTENER) || configured.listener();
	}

}
