package io.github.udsboot.autoconfigure.client;

import org.springframework.core.env.Environment;

import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.socket.NamedSocketRegistrar;
import io.github.udsboot.client.UdsTemplate;

/**
 * Registers the named clients.
 */
class NamedClientRegistrar extends NamedSocketRegistrar<UdsProperties.Client> {

	NamedClientRegistrar(Environment environment) {
		super(environment, ClientTemplates.NAMED_PREFIX, UdsProperties.Client.class, "'uds.client'", UdsTemplate.class,
				ClientTemplates.BEAN_NAME);
	}

}
