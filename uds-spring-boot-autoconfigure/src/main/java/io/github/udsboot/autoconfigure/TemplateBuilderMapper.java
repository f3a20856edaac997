package io.github.udsboot.autoconfigure;

import java.time.Duration;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.protocol.WireProtocols;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransports;

/**
 * Makes the builder of a template from properties.
 */
final class TemplateBuilderMapper {

	private final ConfiguredValues socketValues = new ConfiguredValues("uds.socket");

	private final ConfiguredValues clientValues = new ConfiguredValues("uds.client");

	UdsTemplateBuilder map(String name, UdsConnectionDetails details, TransportType transport,
			UdsClientProperties client) {
		UdsAddress address = address(details);
		this.socketValues.convert("transport", transport, (type) -> UdsTransports.select(type, address));
		return UdsTemplate.builder()
			.name(name)
			.path(address.toString())
			.transport(transport)
			.protocol(this.clientValues.convert("protocol", client.getProtocol(), WireProtocols::named))
			.timeout(this.clientValues.positive("timeout", client.getTimeout()))
			.connectTimeout(this.clientValues.notNegative("connect-timeout", client.getConnectTimeout()))
			.waitForServer(this.clientValues.notNegative("wait-for-server", client.getWaitForServer()))
			.maxConnections(this.clientValues.atLeastOne("max-connections", client.getMaxConnections()))
			.backoff(initialBackoff(client.getReconnect()), maxBackoff(client.getReconnect()))
			.busyPoll(this.clientValues.busyPoll("busy-poll", client.getBusyPoll()));
	}

	private static UdsAddress address(UdsConnectionDetails details) {
		if (details instanceof PropertiesUdsConnectionDetails properties) {
			String property = properties.getPropertyName();
			int lastDot = property.lastIndexOf('.');
			return new ConfiguredValues(property.substring(0, lastDot)).convert(property.substring(lastDot + 1),
					properties.getPath(), UdsAddress::of);
		}
		return UdsAddress.of(details.getPath());
	}

	private Duration initialBackoff(UdsClientProperties.Reconnect reconnect) {
		return this.clientValues.positive("reconnect.initial-backoff", reconnect.getInitialBackoff());
	}

	private Duration maxBackoff(UdsClientProperties.Reconnect reconnect) {
		Duration max = this.clientValues.positive("reconnect.max-backoff", reconnect.getMaxBackoff());
		if (max.compareTo(reconnect.getInitialBackoff()) < 0) {
			throw this.clientValues.invalid("reconnect.max-backoff", max,
					"It must not be less than 'uds.client.reconnect.initial-backoff', which is "
							+ reconnect.getInitialBackoff(),
					null);
		}
		return max;
	}

}
