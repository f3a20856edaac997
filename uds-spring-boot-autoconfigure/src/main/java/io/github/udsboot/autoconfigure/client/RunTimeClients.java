package io.github.udsboot.autoconfigure.client;

import java.util.Arrays;
import java.util.Set;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

import io.github.udsboot.autoconfigure.socket.ConfiguredSockets;
import io.github.udsboot.autoconfigure.socket.RunTimeSockets;

/**
 * Decides at run time which clients an application has that was built ahead of time.
 */
final class RunTimeClients extends RunTimeSockets {

	private static final String CONNECTION_DETAILS = "udsConnectionDetails";

	private static final String TEMPLATE = "udsTemplate";

	RunTimeClients(Environment environment) {
		super(environment, new NamedClientRegistrar(environment), UdsClientAutoConfiguration.class,
				Set.of(CONNECTION_DETAILS, TEMPLATE, "udsTypedClientsVerifier"), "udsBuiltClients");
	}

	@Override
	protected boolean isWanted(String beanName, ConfiguredSockets configured,
			ConfigurableListableBeanFactory beanFactory, Set<String> built) {
		return switch (beanName) {
			case CONNECTION_DETAILS -> configured.clientPath();
			case TEMPLATE -> configured.clientPath() || hasOwnConnectionDetails(beanFactory, built);
			default -> true;
		};
	}

	private static boolean hasOwnConnectionDetails(ConfigurableListableBeanFactory beanFactory, Set<String> built) {
		return Arrays.stream(beanFactory.getBeanNamesForType(UdsConnectionDetails.class, true, false))
			.anyMatch((beanName) -> !built.contains(beanName));
	}

}
