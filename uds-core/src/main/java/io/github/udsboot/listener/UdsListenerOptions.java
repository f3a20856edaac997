package io.github.udsboot.listener;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocols;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

/**
 * Options of a listener. Not thread-safe; a container reads them when it starts.
 *
 * <p>
 * One class, because a listener has one set of options, and each is no more than its two
 * documented accessors.
 */
public class UdsListenerOptions {

	/** The minimum memory of a listener, in bytes. */
	public static final long MIN_MEMORY = 1 << 20;

	private final String name;

	private final UdsAddress address;

	private TransportType transport = TransportType.AUTO;

	private BindOptions bindOptions = BindOptions.DEFAULTS;

	private WireProtocol protocol = WireProtocols.named("ttrpc");

	private @Nullable String greeting;

	private @Nullable Boolean keepAlive;

	private Execution execution = Execution.INLINE;

	/** Also set while the container runs, by {@link UdsListenerContainer}. */
	private volatile @Nullable PeerAuthorizer authorizer;

	private FrameLimits frameLimits = FrameLimits.DEFAULTS;

	private ConnectionClocks clocks = ConnectionClocks.DEFAULTS;

	private Duration pingInterval = Duration.ofHours(2);

	private Duration pingTimeout = Duration.ofSeconds(20);

	private int maxHandlerThreads = 200;

	private int maxConnections = 1024;

	private @Nullable Integer maxConnectionsPerUser;

	private int maxInFlightPerConnection = 256;

	private int maxInFlight = 4096;

	private long outboundQueueSize = 4 << 20;

	private @Nullable Long memory;

	private @Nullable PeerAuthorizer ownUser;

	private @Nullable Duration busyPoll;

	private int eventLoops = EventLoopGroup.DEFAULT_LOOPS;

	private Duration drainTimeout = Duration.ofSeconds(30);

	private Duration drainStreamTimeout = Duration.ofSeconds(5);

	private boolean autoStartup = true;

	private Duration watchInterval = Duration.ofSeconds(2);

	/**
	 * Create the options of a listener.
	 * @param name the listener's name, for logs, meters and threads
	 * @param address the address to listen on
	 */
	public UdsListenerOptions(String name, UdsAddress address) {
		this.name = name;
		this.address = address;
	}

	public String getName() {
		return this.name;
	}

	public UdsAddress getAddress() {
		return this.address;
	}

	public TransportType getTransport() {
		return this.transport;
	}

	/**
	 * Set the transport, by default the JDK's unless the address needs another one.
	 * @param transport the transport
	 */
	public void setTransport(TransportType transport) {
		this.transport = transport;
	}

	public BindOptions getBindOptions() {
		return this.bindOptions;
	}

	/**
	 * Set mode, group and backlog, by default {@link BindOptions#DEFAULTS}.
	 * @param bindOptions the options
	 */
	public void setBindOptions(BindOptions bindOptions) {
		this.bindOptions = bindOptions;
	}

	public WireProtocol getProtocol() {
		return this.protocol;
	}

	/**
	 * Set the protocol, by default ttrpc.
	 * @param protocol the protocol
	 */
	public void setProtocol(WireProtocol protocol) {
		this.protocol = protocol;
	}

	public @Nullable String getGreeting() {
		return this.greeting;
	}

	/**
	 * Set the text sent to a peer that has connected, before anything is read; by default
	 * none. Only with a {@link MessageProtocol}.
	 * @param greeting the text, or {@code null} for none
	 */
	public void setGreeting(@Nullable String greeting) {
		this.greeting = greeting;
	}

	public @Nullable Boolean getKeepAlive() {
		return this.keepAlive;
	}

	/**
	 * Set whether a connection outlives its first exchange of a message and its answer.
	 * Only with a {@link MessageProtocol}.
	 * @param keepAlive whether it does, or {@code null} for the protocol's own default:
	 * {@code true} for {@code line}, {@code false} for {@code raw}
	 */
	public void setKeepAlive(@Nullable Boolean keepAlive) {
		this.keepAlive = keepAlive;
	}

	public Execution getExecution() {
		return this.execution;
	}

	/**
	 * Set which thread runs handlers that do not specify it themselves, by default
	 * {@link Execution#INLINE}.
	 * @param execution the execution; {@link Execution#AUTO} stands for the default
	 */
	public void setExecution(Execution execution) {
		this.execution = (execution != Execution.AUTO) ? execution : Execution.INLINE;
	}

	/**
	 * Return which peers may stay.
	 * @return the authorizer that was set, or else, for a path, one that leaves the
	 * decision to the file's mode, and for an abstract name, which has no mode, one that
	 * admits only the process's own user and root
	 */
	public PeerAuthorizer getAuthorizer() {
		PeerAuthorizer authorizer = this.authorizer;
		if (authorizer != null) {
			return authorizer;
		}
		return this.address.isAbstract() ? PeerAuthorizer.ownUserAndRoot() : PeerAuthorizer.acceptAll();
	}

	/**
	 * Set which of the peers admitted by the file's mode may stay.
	 * @param authorizer the authorizer, or {@code null} for the default
	 */
	public void setAuthorizer(@Nullable PeerAuthorizer authorizer) {
		this.authorizer = authorizer;
	}

	public FrameLimits getFrameLimits() {
		return this.frameLimits;
	}

	/**
	 * Set the limits of a frame, by default {@link FrameLimits#DEFAULTS}.
	 * @param frameLimits the limits
	 */
	public void setFrameLimits(FrameLimits frameLimits) {
		this.frameLimits = frameLimits;
	}

	public ConnectionClocks getClocks() {
		return this.clocks;
	}

	/**
	 * Set how long a peer may take, by default {@link ConnectionClocks#DEFAULTS}.
	 * @param clocks the clocks
	 */
	public void setClocks(ConnectionClocks clocks) {
		this.clocks = clocks;
	}

	public Duration getPingInterval() {
		return this.pingInterval;
	}

	/**
	 * Set how long a peer may be silent before it is sent a PING, by default 2 hours.
	 * Only peers that have announced that they answer get one, which are clients of this
	 * library.
	 * @param pingInterval the time; zero or less to never send a PING
	 */
	public void setPingInterval(Duration pingInterval) {
		this.pingInterval = pingInterval;
	}

	public Duration getPingTimeout() {
		return this.pingTimeout;
	}

	/**
	 * Set how long a peer may take to answer a PING before its connection is closed, by
	 * default 20 seconds.
	 * @param pingTimeout the time, more than zero
	 */
	public void setPingTimeout(Duration pingTimeout) {
		Assert.isTrue(Nanos.of(pingTimeout) > 0, "pingTimeout must be more than zero");
		this.pingTimeout = pingTimeout;
	}

	public int getMaxHandlerThreads() {
		return this.maxHandlerThreads;
	}

	/**
	 * Set how many platform threads handlers may occupy besides those of the event loops,
	 * by default 200. Further calls wait. So do calls of a connection that has half of
	 * the threads, and calls of another user whose connections together have half. Each
	 * event loop has four more threads, only for handlers that run on it and have not run
	 * long before.
	 * @param maxHandlerThreads the number, at least 1
	 */
	public void setMaxHandlerThreads(int maxHandlerThreads) {
		Assert.isTrue(maxHandlerThreads > 0, "maxHandlerThreads must be at least 1");
		this.maxHandlerThreads = maxHandlerThreads;
	}

	public int getMaxConnections() {
		return this.maxConnections;
	}

	/**
	 * Set how many connections may be open, by default 1024; never more than half of what
	 * the process's descriptor limit leaves beyond 256.
	 * @param maxConnections the number, at least 1
	 */
	public void setMaxConnections(int maxConnections) {
		Assert.isTrue(maxConnections > 0, "maxConnections must be at least 1");
		this.maxConnections = maxConnections;
	}

	public @Nullable Integer getMaxConnectionsPerUser() {
		return this.maxConnectionsPerUser;
	}

	/**
	 * Set how many connections a user other than this process's may have, by default a
	 * quarter of all.
	 * @param maxConnectionsPerUser the number, at least 1, or {@code null} for the
	 * default
	 */
	public void setMaxConnectionsPerUser(@Nullable Integer maxConnectionsPerUser) {
		Assert.isTrue(maxConnectionsPerUser == null || maxConnectionsPerUser > 0,
				"maxConnectionsPerUser must be at least 1");
		this.maxConnectionsPerUser = maxConnectionsPerUser;
	}

	public int getMaxInFlightPerConnection() {
		return this.maxInFlightPerConnection;
	}

	/**
	 * Set how many requests of one connection may be unanswered, by default 256. Further
	 * ones are refused with {@code RESOURCE_EXHAUSTED} or, in a {@link MessageProtocol},
	 * read later.
	 * @param maxInFlightPerConnection the number, at least 1
	 */
	public void setMaxInFlightPerConnection(int maxInFlightPerConnection) {
		Assert.isTrue(maxInFlightPerConnection > 0, "maxInFlightPerConnection must be at least 1");
		this.maxInFlightPerConnection = maxInFlightPerConnection;
	}

	public int getMaxInFlight() {
		return this.maxInFlight;
	}

	/**
	 * Set how many requests of all connections together may be unanswered, by default
	 * 4096. Further ones are refused with {@code RESOURCE_EXHAUSTED}. A user other than
	 * this process's may have a quarter of them.
	 * @param maxInFlight the number, at least 1
	 */
	public void setMaxInFlight(int maxInFlight) {
		Assert.isTrue(maxInFlight > 0, "maxInFlight must be at least 1");
		this.maxInFlight = maxInFlight;
	}

	/**
	 * Return how much memory may be held for peers.
	 * @return the number of bytes that was set, or else a quarter of the maximum heap of
	 * this JVM
	 */
	public long getMemory() {
		return (this.memory != null) ? this.memory : Math.max(MIN_MEMORY, Runtime.getRuntime().maxMemory() / 4);
	}

	/**
	 * Set how much memory may be held for peers: connections, frames under way, requests
	 * that wait for handlers or that handlers have, items of streams, answers that are
	 * not read, each with the objects around it. By default a quarter of the maximum
	 * heap. Each user other than this process's gets a quarter of it. When it is used up,
	 * reading from connections stops, requests are refused with
	 * {@link io.github.udsboot.Status#RESOURCE_EXHAUSTED}, and the connections that hold
	 * the most are closed.
	 * @param memory the number of bytes, at least 1 MiB, or {@code null} for the default
	 */
	public void setMemory(@Nullable Long memory) {
		if (memory != null && memory < MIN_MEMORY) {
			throw new IllegalArgumentException(
					"Memory for peers must be at least " + MIN_MEMORY + " bytes but is " + memory);
		}
		this.memory = memory;
	}

	public long getOutboundQueueSize() {
		return this.outboundQueueSize;
	}

	/**
	 * Set how many bytes may wait to be written to one connection before reading its
	 * requests stops, by default 4 MiB.
	 * @param outboundQueueSize the number of bytes, at least 1
	 */
	public void setOutboundQueueSize(long outboundQueueSize) {
		Assert.isTrue(outboundQueueSize > 0, "outboundQueueSize must be at least 1");
		this.outboundQueueSize = outboundQueueSize;
	}

	public @Nullable Duration getBusyPoll() {
		return this.busyPoll;
	}

	/**
	 * Set how long an event loop polls before it sleeps, by default 50 µs with two or
	 * more processors.
	 * @param busyPoll the duration, zero for never, {@code null} for the default
	 */
	public void setBusyPoll(@Nullable Duration busyPoll) {
		this.busyPoll = busyPoll;
	}

	public int getEventLoops() {
		return this.eventLoops;
	}

	/**
	 * Set the number of event loops, by default 2, or 1 with a single processor.
	 * @param eventLoops the number, at least 1
	 */
	public void setEventLoops(int eventLoops) {
		Assert.isTrue(eventLoops > 0, "eventLoops must be at least 1");
		this.eventLoops = eventLoops;
	}

	public Duration getDrainTimeout() {
		return this.drainTimeout;
	}

	/**
	 * Set how long a stop waits for accepted requests to be answered, by default 30
	 * seconds, counted from the beginning of the drain. What is left then is answered
	 * with {@code UNAVAILABLE}, and its handlers are interrupted.
	 * @param drainTimeout the timeout, zero or less to stop at once
	 */
	public void setDrainTimeout(Duration drainTimeout) {
		this.drainTimeout = drainTimeout;
	}

	public Duration getDrainStreamTimeout() {
		return this.drainStreamTimeout;
	}

	/**
	 * Set how long a stop waits for open-ended work, streams without a deadline and
	 * handlers that have a session, by default 5 seconds, counted from the beginning of
	 * the drain, and never longer than {@link #setDrainTimeout}. What is left then is
	 * ended with {@code UNAVAILABLE}, and its handlers are interrupted.
	 * @param drainStreamTimeout the timeout, zero or less to end such work at once
	 */
	public void setDrainStreamTimeout(Duration drainStreamTimeout) {
		this.drainStreamTimeout = drainStreamTimeout;
	}

	/**
	 * Return which peers count as own, {@code null} to go by the user of this process.
	 */
	@Nullable PeerAuthorizer getOwnUser() {
		return this.ownUser;
	}

	/** Set which peers count as own; for tests, which have one user only. */
	void setOwnUser(PeerAuthorizer ownUser) {
		this.ownUser = ownUser;
	}

	Duration getWatchInterval() {
		return this.watchInterval;
	}

	/** Set how often to check the socket file; for tests, which cannot wait. */
	void setWatchInterval(Duration watchInterval) {
		this.watchInterval = watchInterval;
	}

	public boolean isAutoStartup() {
		return this.autoStartup;
	}

	/**
	 * Set whether the container starts with its application context, by default
	 * {@code true}.
	 * @param autoStartup whether to start
	 */
	public void setAutoStartup(boolean autoStartup) {
		this.autoStartup = autoStartup;
	}

}
