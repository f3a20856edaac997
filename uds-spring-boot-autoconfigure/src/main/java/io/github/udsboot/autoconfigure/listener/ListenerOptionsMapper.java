package io.github.udsboot.autoconfigure.listener;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.autoconfigure.ProtocolMapper;
import io.github.udsboot.autoconfigure.Protocols;
import io.github.udsboot.autoconfigure.UdsListenerProperties;
import io.github.udsboot.autoconfigure.UdsSocketProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.autoconfigure.socket.InvalidSocketPropertiesException;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransports;

/**
 * Creates the options of a listener from properties.
 */
final class ListenerOptionsMapper {

	private final ConfiguredValues socketValues;

	private final ConfiguredValues listenerValues;

	private final Protocols protocols;

	private final Environment environment;

	/**
	 * Create a mapper.
	 * @param socketValues converts the properties of the socket
	 * @param listenerValues converts the properties of the listener
	 * @param protocols the available protocols
	 * @param environment the environment
	 */
	ListenerOptionsMapper(ConfiguredValues socketValues, ConfiguredValues listenerValues, Protocols protocols,
			Environment environment) {
		this.socketValues = socketValues;
		this.listenerValues = listenerValues;
		this.protocols = protocols;
		this.environment = environment;
	}

	UdsListenerOptions map(String name, UdsSocketProperties socket, UdsListenerProperties listener) {
		String path = socket.getPath();
		if (path == null) {
			throw InvalidSocketPropertiesException.missingPath(this.socketValues.key("path"));
		}
		UdsListenerOptions options = new UdsListenerOptions(name,
				this.socketValues.convert("path", path, UdsAddress::of));
		mapSocket(socket, options);
		mapLimits(listener, options);
		mapClocks(listener, options);
		options.setAuthorizer(AllowLists.map(listener, this.listenerValues));
		options.setAutoStartup(listener.isAutoStartup());
		mapProtocol(listener, options);
		options.setExecution(execution(listener.getExecution()));
		options.setBusyPoll(this.listenerValues.busyPoll("busy-poll", listener.getBusyPoll()));
		return options;
	}

	private void mapSocket(UdsSocketProperties socket, UdsListenerOptions options) {
		this.socketValues.convert("transport", socket.getTransport(),
				(transport) -> UdsTransports.select(transport, options.getAddress()));
		options.setTransport(socket.getTransport());
		options.setBindOptions(new BindOptions(this.socketValues.permissions("permissions", socket.getPermissions()),
				group(socket.getGroup()), this.socketValues.atLeastOne("backlog", socket.getBacklog()),
				socket.isAllowSharedDirectory(),
				this.socketValues.notNegative("wait-for-release", socket.getWaitForRelease())));
	}

	/**
	 * A group that is set but empty, for instance by a placeholder that resolves to
	 * nothing, must not open the socket to the group that the system gives the file.
	 */
	private @Nullable String group(@Nullable String group) {
		if (group != null && group.isBlank()) {
			throw this.socketValues.invalid("group", group,
					"It is empty: name a group, or leave the property out and the file keeps the group that the system "
							+ "gives it",
					null);
		}
		return group;
	}

	private void mapProtocol(UdsListenerProperties listener, UdsListenerOptions options) {
		ProtocolMapper mapper = new ProtocolMapper(this.listenerValues, this.protocols);
		options.setProtocol(mapper.map(listener.getProtocol(), listener.getLine()));
		mapper.requireMessages("greeting", listener.getGreeting(), options.getProtocol());
		mapper.requireMessages("keep-alive", listener.getKeepAlive(), options.getProtocol());
		options.setGreeting(listener.getGreeting());
		options.setKeepAlive(listener.getKeepAlive());
	}

	private void mapLimits(UdsListenerProperties listener, UdsListenerOptions options) {
		ConfiguredValues values = this.listenerValues;
		options.setMaxHandlerThreads(values.atLeastOne("max-handler-threads", listener.getMaxHandlerThreads()));
		options.setMaxConnections(values.atLeastOne("max-connections", listener.getMaxConnections()));
		Integer perUser = listener.getMaxConnectionsPerUser();
		options.setMaxConnectionsPerUser(
				(perUser != null) ? Integer.valueOf(values.atLeastOne("max-connections-per-user", perUser)) : null);
		options.setMaxInFlightPerConnection(
				values.atLeastOne("max-in-flight-per-connection", listener.getMaxInFlightPerConnection()));
		options.setMaxInFlight(values.atLeastOne("max-in-flight", listener.getMaxInFlight()));
		options.setFrameLimits(new FrameLimits(
				values.bytes("max-frame-size", listener.getMaxFrameSize(), 1, FrameLimits.FRAME_SIZE_CEILING),
				values.bytes("max-metadata-size", listener.getMaxMetadataSize(), 0, FrameLimits.FRAME_SIZE_CEILING),
				FrameLimits.DEFAULTS.maxMetadataEntries(), FrameLimits.DEFAULTS.maxRouteLength()));
		options.setOutboundQueueSize(
				values.bytes("outbound-queue-size", listener.getOutboundQueueSize(), 1, Integer.MAX_VALUE));
		DataSize memory = listener.getMemory();
		options.setMemory((memory != null)
				? Long.valueOf(values.bytesAtLeast("memory", memory, UdsListenerOptions.MIN_MEMORY)) : null);
	}

	private void mapClocks(UdsListenerProperties listener, UdsListenerOptions options) {
		ConfiguredValues values = this.listenerValues;
		options
			.setClocks(new ConnectionClocks(values.notNegative("first-frame-timeout", listener.getFirstFrameTimeout()),
					values.notNegative("frame-timeout", listener.getFrameTimeout()),
					values.notNegative("stall-timeout", listener.getStallTimeout()),
					values.notNegative("stream-stall-timeout", listener.getStreamStallTimeout()),
					values.notNegative("idle-timeout", listener.getIdleTimeout())));
		options.setPingInterval(values.notNegative("ping-interval", listener.getPingInterval()));
		options.setPingTimeout(values.positive("ping-timeout", listener.getPingTimeout()));
	}

	private Execution execution(Execution execution) {
		if (execution == Execution.AUTO) {
			return Threading.VIRTUAL.isActive(this.environment) ? Execution.VIRTUAL : Execution.INLINE;
		}
		if (execution == Execution.VIRTUAL && JavaVersion.getJavaVersion().isOlderThan(JavaVersion.TWENTY_ONE)) {
			throw this.listenerValues.invalid("execution", "virtual",
					"Virtual threads need Java 21 or later, and this is " + "Java " + JavaVersion.getJavaVersion()
							+ ". Use 'inline' or 'pool', or a newer Java",
					null);
		}
		return execution;
	}

}
