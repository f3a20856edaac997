package io.github.udsboot.autoconfigure.security;

import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.springframework.beans.factory.ObjectProvider;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.transport.UdsTransports;

/**
 * Warns, before the first listener starts, of roles by the unit of systemd that no peer
 * of a listener can have, as the listener's transport does not tell the process.
 */
final class UnitRolesVerifier extends StartVerifier {

	private static final Log logger = GuardedLog.of(UnitRolesVerifier.class);

	private static final String JDK = "jdk";

	private final List<String> roles;

	private final ObjectProvider<UdsListenerContainer> containers;

	UnitRolesVerifier(Map<String, UdsSecurityProperties.Role> roles, ObjectProvider<UdsListenerContainer> containers) {
		this.roles = roles.entrySet()
			.stream()
			.filter((role) -> role.getValue().getUnits() != null)
			.map(Map.Entry::getKey)
			.toList();
		this.containers = containers;
	}

	@Override
	void verify() {
		if (!this.roles.isEmpty()) {
			this.containers.orderedStream().map(UdsListenerContainer::getOptions).forEach(this::check);
		}
	}

	private void check(UdsListenerOptions options) {
		String transport = UdsTransports.select(options.getTransport(), options.getAddress()).name();
		if (transport.equals(JDK)) {
			logger.warn("No peer of listener '" + options.getName() + "' has the roles " + this.roles
					+ " by its systemd unit ('uds.security.roles.<role>.units'), as the transport '" + transport
					+ "' does not tell the process of a peer: set 'transport' of the socket to 'junixsocket'");
		}
	}

}
