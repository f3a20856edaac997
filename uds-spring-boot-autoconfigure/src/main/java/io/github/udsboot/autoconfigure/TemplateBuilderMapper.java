package io.github.udsboot.autoconfigure;

import java.time.Duration;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransports;

/**
 * Makes the builder of a template from properties.
 */
final class TemplateBuilderMapper {

	private final ConfiguredValues socketValues;

	private final ConfiguredValues clientValues;

	private final Protocols protocols;

	/**
	 * Create a mapper.
	 * @param socketValues where the transport stands
	 * @param clientValues where the properties of the client stand
	 * @param protocols the protocols there are
	 */
	TemplateBuilderMapper(ConfiguredValues socketValues, ConfiguredValues clientValues, Protocols protocols) {
		this.socketValues = socketValues;
		this.clientValues = clientValues;
		this.protocols = protocols;
	}

	UdsTemplateBuilder map(String name, UdsAddress address, TransportType transport, UdsClientProperties client) {
		this.socketValues.convert("transport", transport, (type) -> UdsTransports.select(type, address));
		return UdsTemplate.builder()
			.name(name)
			.path(address.toString())
			.transport(transport)
			.protocol(this.clientValues.convert("protocol", client.getProtocol(), this.protocols::named))
			.timeout(this.clientValues.positive("timeout", client.getTimeout()))
			.connectTimeout(this.clientValues.notNegative("connect-timeout", client.getConnectTimeout()))
			.waitForServer(this.clientValues.notNegative("wait-for-server", client.getWaitForServer()))
			.maxConnections(this.clientValues.atLeastOne("max-connections", client.getMaxConnections()))
			.backoff(initialBackoff(client.getReconnect()), maxBackoff(client.getReconnect()))
			.busyPoll(this.clientValues.busyPoll("busy-poll", client.getBusyPoll()));
	}

	private Duration initialBackoff(UdsClientProperties.Reconnect reconnect) {
		return this.clientValues.positive("reconnect.initial-backoff", reconnect.getInitialBackoff());
	}

	private Duration maxBackoff(UdsClientProperties.Reconnect reconnect) {
		Duration max = this.clientValues.positive("reconnect.max-backoff", reconnect.getMaxBackoff());
		if (max.compareTo(reconnect.getInitialBackoff()) < 0) {
			throw this.clientValues.invalid("reconnect.max-backoff", max,
					"It must not be less than '" + this.clientValues.key("reconnect.initial-backoff") + "', which is "
							+ reconnect.getInitialBackoff(),
					null);
		}
		return max;
	}

}
