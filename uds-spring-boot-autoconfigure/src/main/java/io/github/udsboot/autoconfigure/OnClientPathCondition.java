package io.github.udsboot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;

/**
 * Matches when a property says where the primary client connects to.
 */
class OnClientPathCondition extends AnyNestedCondition {

	OnClientPathCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnProperty("uds.client.path")
	static class ClientPath {

	}

	@ConditionalOnProperty("uds.socket.path")
	static class SocketPath {

	}

}
