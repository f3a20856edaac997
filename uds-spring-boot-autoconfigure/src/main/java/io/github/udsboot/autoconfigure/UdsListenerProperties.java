package io.github.udsboot.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;

import io.github.udsboot.annotation.Execution;

/**
 * Configuration properties for a listener. One class, because each key below
 * {@code uds.listener} is a field of it. What {@link UdsClientProperties} has under the
 * same names stands there again, because the Javadoc of a field is the description of its
 * key, and that differs.
 */
public class UdsListenerProperties {

	/**
	 * Whether to listen on the socket. Of 'uds.listener' this concerns the default
	 * listener only; each named listener has its own.
	 */
	private boolean enabled = true;

	/**
	 * Whether to start the listener with the application.
	 */
	private boolean autoStartup = true;

	/**
	 * Protocol that the listener speaks.
	 */
	private String protocol = "ttrpc";

	/**
	 * Thread that runs handlers which do not say so themselves. By default a virtual
	 * thread if 'spring.threads.virtual.enabled' is set, and the event loop's own thread
	 * otherwise.
	 */
	private Execution execution = Execution.AUTO;

	/**
	 * Number of platform threads that handlers may occupy. Further calls wait. One
	 * connection has at most half of them, and so have all connections of another user
	 * together.
	 */
	private int maxHandlerThreads = 200;

	/**
	 * Number of connections that may be open. Never more than half of what the limit of
	 * file descriptors leaves beyond 256.
	 */
	private int maxConnections = 1024;

	/**
	 * Number of connections that a user other than the application's own may have. A
	 * quarter of all connections by default.
	 */
	private @Nullable Integer maxConnectionsPerUser;

	/**
	 * Number of requests of one connection that may be unanswered. Further ones are
	 * refused with RESOURCE_EXHAUSTED or, with protocols without calls, read later.
	 */
	private int maxInFlightPerConnection = 256;

	/**
	 * Number of requests of all connections together that may be unanswered. Further ones
	 * are refused with RESOURCE_EXHAUSTED. Those of another user may be a quarter of it.
	 */
	private int maxInFlight = 4096;

	/**
	 * Greatest size of a request or an answer, up to 16 MB less one byte. With more than
	 * 4 MB, answers may be sent that peers written in Go cannot read.
	 */
	private DataSize maxFrameSize = DataSize.ofMegabytes(4);

	/**
	 * Greatest size of all headers of a request together.
	 */
	private DataSize maxMetadataSize = DataSize.ofKilobytes(8);

	/**
	 * Number of bytes that may wait to be written to a connection before no further
	 * request is read from it.
	 */
	private DataSize outboundQueueSize = DataSize.ofMegabytes(4);

	/**
	 * Amount of memory that may be held for peers: connections, requests that arrive,
	 * wait or are with handlers, items of streams, answers that are not read. A user
	 * other than the server's gets a quarter of it. A quarter of the greatest heap by
	 * default.
	 */
	private @Nullable DataSize memory;

	/**
	 * Time from the connect to the end of the first valid request. Zero for no limit.
	 * Only with protocols of calls: others have peers that just listen.
	 */
	private Duration firstFrameTimeout = Duration.ofSeconds(5);

	/**
	 * Time from the first byte of a request to its last. Zero for no limit.
	 */
	private Duration frameTimeout = Duration.ofSeconds(10);

	/**
	 * Time that a peer may take to read anything while bytes wait for it. Zero for no
	 * limit.
	 */
	private Duration stallTimeout = Duration.ofSeconds(10);

	/**
	 * The same while a stream has the connection to itself, as those of this library's
	 * clients have: how long its receiver may pause. Zero for no limit.
	 */
	private Duration streamStallTimeout = Duration.ZERO;

	/**
	 * Time that a connection may be open without a request. Zero for no limit.
	 */
	private Duration idleTimeout = Duration.ZERO;

	/**
	 * Time that a peer may be silent before it is asked whether it is there. Only clients
	 * of this library are asked. Zero to never ask.
	 */
	private Duration pingInterval = Duration.ofHours(2);

	/**
	 * Time that a peer may take to say that it is there before its connection is closed.
	 */
	private Duration pingTimeout = Duration.ofSeconds(20);

	/**
	 * Users that may connect, by name or number, of those that the permissions of the
	 * socket let in. All of these by default; for an abstract name, which has no
	 * permissions, the application's own user and root.
	 */
	private @Nullable List<String> allowedUsers;

	/**
	 * Groups that may connect as well, by name or number: the primary group of a peer, or
	 * a supplementary one. With the JDK's transport, supplementary groups are those of
	 * which the local lists say that the user is a member.
	 */
	private @Nullable List<String> allowedGroups;

	/**
	 * How long an event loop polls before it sleeps, as a duration or 'off'. By default
	 * 50 microseconds where there are two or more processors.
	 */
	private String busyPoll = "auto";

	/**
	 * Text that a peer is sent when it has connected, none by default. Only with
	 * protocols without calls, such as 'line' and 'raw'.
	 */
	private @Nullable String greeting;

	/**
	 * Whether a connection outlives its first message and the answer. By default as the
	 * protocol says: with 'line' it does, with 'raw' it does not. Only with protocols
	 * without calls.
	 */
	private @Nullable Boolean keepAlive;

	@NestedConfigurationProperty
	private final UdsDrainProperties drain = new UdsDrainProperties();

	@NestedConfigurationProperty
	private final UdsLineProperties line = new UdsLineProperties();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public boolean isAutoStartup() {
		return this.autoStartup;
	}

	public void setAutoStartup(boolean autoStartup) {
		this.autoStartup = autoStartup;
	}

	public String getProtocol() {
		return this.protocol;
	}

	public void setProtocol(String protocol) {
		this.protocol = protocol;
	}

	public Execution getExecution() {
		return this.execution;
	}

	public void setExecution(Execution execution) {
		this.execution = execution;
	}

	public int getMaxHandlerThreads() {
		return this.maxHandlerThreads;
	}

	public void setMaxHandlerThreads(int maxHandlerThreads) {
		this.maxHandlerThreads = maxHandlerThreads;
	}

	public int getMaxConnections() {
		return this.maxConnections;
	}

	public void setMaxConnections(int maxConnections) {
		this.maxConnections = maxConnections;
	}

	public @Nullable Integer getMaxConnectionsPerUser() {
		return this.maxConnectionsPerUser;
	}

	public void setMaxConnectionsPerUser(@Nullable Integer maxConnectionsPerUser) {
		this.maxConnectionsPerUser = maxConnectionsPerUser;
	}

	public int getMaxInFlightPerConnection() {
		return this.maxInFlightPerConnection;
	}

	public void setMaxInFlightPerConnection(int maxInFlightPerConnection) {
		this.maxInFlightPerConnection = maxInFlightPerConnection;
	}

	public int getMaxInFlight() {
		return this.maxInFlight;
	}

	public void setMaxInFlight(int maxInFlight) {
		this.maxInFlight = maxInFlight;
	}

	public DataSize getMaxFrameSize() {
		return this.maxFrameSize;
	}

	public void setMaxFrameSize(DataSize maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
	}

	public DataSize getMaxMetadataSize() {
		return this.maxMetadataSize;
	}

	public void setMaxMetadataSize(DataSize maxMetadataSize) {
		this.maxMetadataSize = maxMetadataSize;
	}

	public DataSize getOutboundQueueSize() {
		return this.outboundQueueSize;
	}

	public void setOutboundQueueSize(DataSize outboundQueueSize) {
		this.outboundQueueSize = outboundQueueSize;
	}

	public @Nullable DataSize getMemory() {
		return this.memory;
	}

	public void setMemory(@Nullable DataSize memory) {
		this.memory = memory;
	}

	public Duration getFirstFrameTimeout() {
		return this.firstFrameTimeout;
	}

	public void setFirstFrameTimeout(Duration firstFrameTimeout) {
		this.firstFrameTimeout = firstFrameTimeout;
	}

	public Duration getFrameTimeout() {
		return this.frameTimeout;
	}

	public void setFrameTimeout(Duration frameTimeout) {
		this.frameTimeout = frameTimeout;
	}

	public Duration getStallTimeout() {
		return this.stallTimeout;
	}

	public void setStallTimeout(Duration stallTimeout) {
		this.stallTimeout = stallTimeout;
	}

	public Duration getStreamStallTimeout() {
		return this.streamStallTimeout;
	}

	public void setStreamStallTimeout(Duration streamStallTimeout) {
		this.streamStallTimeout = streamStallTimeout;
	}

	public Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public Duration getPingInterval() {
		return this.pingInterval;
	}

	public void setPingInterval(Duration pingInterval) {
		this.pingInterval = pingInterval;
	}

	public Duration getPingTimeout() {
		return this.pingTimeout;
	}

	public void setPingTimeout(Duration pingTimeout) {
		this.pingTimeout = pingTimeout;
	}

	public @Nullable List<String> getAllowedUsers() {
		return this.allowedUsers;
	}

	public void setAllowedUsers(@Nullable List<String> allowedUsers) {
		this.allowedUsers = allowedUsers;
	}

	public @Nullable List<String> getAllowedGroups() {
		return this.allowedGroups;
	}

	public void setAllowedGroups(@Nullable List<String> allowedGroups) {
		this.allowedGroups = allowedGroups;
	}

	public String getBusyPoll() {
		return this.busyPoll;
	}

	public void setBusyPoll(String busyPoll) {
		this.busyPoll = busyPoll;
	}

	public @Nullable String getGreeting() {
		return this.greeting;
	}

	public void setGreeting(@Nullable String greeting) {
		this.greeting = greeting;
	}

	public @Nullable Boolean getKeepAlive() {
		return this.keepAlive;
	}

	public void setKeepAlive(@Nullable Boolean keepAlive) {
		this.keepAlive = keepAlive;
	}

	public UdsDrainProperties getDrain() {
		return this.drain;
	}

	public UdsLineProperties getLine() {
		return this.line;
	}

}
