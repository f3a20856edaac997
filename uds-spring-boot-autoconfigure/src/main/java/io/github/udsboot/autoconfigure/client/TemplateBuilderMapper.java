package io.github.udsboot.autoconfigure.client;

import java.time.Duration;
import java.util.List;

import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

import io.github.udsboot.autoconfigure.ProtocolMapper;
import io.github.udsboot.autoconfigure.Protocols;
import io.github.udsboot.autoconfigure.UdsClientProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.client.ReadUntil;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransports;

/**
 * Creates the builder of a template from properties.
 */
final class TemplateBuilderMapper {

	private final ConfiguredValues socketValues;

	private final ConfiguredValues clientValues;

	private final Protocols protocols;

	/**
	 * Create a mapper.
	 * @param socketValues converts the property with the transport
	 * @param clientValues converts the properties of the client
	 * @param protocols the available protocols
	 */
	TemplateBuilderMapper(ConfiguredValues socketValues, ConfiguredValues clientValues, Protocols protocols) {
		this.socketValues = socketValues;
		this.clientValues = clientValues;
		this.protocols = protocols;
	}

	UdsTemplateBuilder map(String name, UdsAddress address, TransportType transport, UdsClientProperties client) {
		this.socketValues.convert("transport", transport, (type) -> UdsTransports.select(type, address));
		UdsTemplateBuilder builder = UdsTemplate.builder()
			.name(name)
			.address(address)
			.transport(transport)
			.timeout(this.clientValues.positive("timeout", client.getTimeout()))
			.connectTimeout(this.clientValues.notNegative("connect-timeout", client.getConnectTimeout()))
			.maxStreams(this.clientValues.atLeastOne("max-streams", client.getMaxStreams()))
			.waitForServer(this.clientValues.notNegative("wait-for-server", client.getWaitForServer()))
			.frameLimits(frameLimits(client))
			.outboundQueueSize(
					this.clientValues.bytes("outbound-queue-size", client.getOutboundQueueSize(), 1, Integer.MAX_VALUE))
			.frameTimeout(this.clientValues.notNegative("frame-timeout", client.getFrameTimeout()))
			.stallTimeout(this.clientValues.notNegative("stall-timeout", client.getStallTimeout()))
			.backoff(initialBackoff(client.getReconnect()), maxBackoff(client.getReconnect()))
			.probe(client.getHealth().getProbe())
			.busyPoll(this.clientValues.busyPoll("busy-poll", client.getBusyPoll()));
		Integer maxConnections = client.getMaxConnections();
		if (maxConnections != null) {
			builder.maxConnections(this.clientValues.atLeastOne("max-connections", maxConnections));
		}
		DataSize memory = client.getMemory();
		if (memory != null) {
			builder.memory(this.clientValues.convert("memory", memory, TemplateBuilderMapper::atLeastOneByte));
		}
		mapExpectedServer(client, builder);
		mapProtocol(client, builder);
		return builder;
	}

	/**
	 * A list that is set but empty, for instance by a placeholder that resolves to
	 * nothing, must not make the client send to every server.
	 */
	private void mapExpectedServer(UdsClientProperties client, UdsTemplateBuilder builder) {
		List<String> users = client.getExpectedUsers();
		if (users != null) {
			this.clientValues.convert("expected-users", users,
					(names) -> builder.expectedUsers(names.toArray(String[]::new)));
		}
		List<String> groups = client.getExpectedGroups();
		if (groups != null) {
			this.clientValues.convert("expected-groups", groups,
					(names) -> builder.expectedGroups(names.toArray(String[]::new)));
		}
	}

	private static long atLeastOneByte(DataSize size) {
		Assert.isTrue(size.toBytes() > 0, "It must be at least 1 byte");
		return size.toBytes();
	}

	private void mapProtocol(UdsClientProperties client, UdsTemplateBuilder builder) {
		ProtocolMapper mapper = new ProtocolMapper(this.clientValues, this.protocols);
		WireProtocol protocol = mapper.map(client.getProtocol(), client.getLine());
		mapper.requireMessages("keep-alive", client.getKeepAlive(), protocol);
		if (client.getReadUntil() == ReadUntil.EOF) {
			mapper.requireMessages("read-until", client.getReadUntil(), protocol);
			requireReadingToTheEnd(client, protocol);
		}
		builder.protocol(protocol).keepAlive(client.getKeepAlive()).readUntil(client.getReadUntil());
	}

	private void requireReadingToTheEnd(UdsClientProperties client, WireProtocol protocol) {
		if (Boolean.TRUE.equals(client.getKeepAlive())) {
			throw this.clientValues.invalid("keep-alive", true,
					"A connection that is read to its end cannot be kept, and '" + this.clientValues.key("read-until")
							+ "' is 'eof'. Leave one of the two out",
					null);
		}
		try {
			((MessageProtocol) protocol).untilEndOfInput();
		}
		catch (UnsupportedOperationException ex) {
			throw this.clientValues.invalid("read-until", client.getReadUntil(), ex.getMessage(), ex);
		}
	}

	private FrameLimits frameLimits(UdsClientProperties client) {
		FrameLimits defaults = FrameLimits.DEFAULTS;
		return new FrameLimits(
				this.clientValues.bytes("max-frame-size", client.getMaxFrameSize(), 1, FrameLimits.FRAME_SIZE_CEILING),
				defaults.maxMetadataSize(), defaults.maxMetadataEntries(), defaults.maxRouteLength());
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
