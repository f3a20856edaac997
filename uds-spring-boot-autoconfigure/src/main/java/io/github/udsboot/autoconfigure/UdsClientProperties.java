package io.github.udsboot.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;

import io.github.udsboot.client.ReadUntil;

/**
 * Configuration properties for a client. One class, because each key below
 * {@code uds.client} is a field of it. What {@link UdsListenerProperties} has under the
 * same names stands there again, because the Javadoc of a field is the description of its
 * key, and that differs.
 */
public class UdsClientProperties {

	/**
	 * Path of the socket that the client connects to, of the primary client by default
	 * 'uds.socket.path', in any of the forms of that.
	 */
	private @Nullable String path;

	/**
	 * Protocol that the client speaks.
	 */
	private String protocol = "ttrpc";

	/**
	 * Users of whom one must be the server's, by name or number. Who it is, is checked on
	 * each new connection before anything is sent. Any by default.
	 */
	private @Nullable List<String> expectedUsers;

	/**
	 * Groups whose users may be the server's as well, by name or number.
	 */
	private @Nullable List<String> expectedGroups;

	/**
	 * Time for a whole call: waiting for a connection, connecting, sending and the
	 * answer.
	 */
	private Duration timeout = Duration.ofSeconds(30);

	/**
	 * Time to try to connect to a server that is too busy to accept connections.
	 */
	private Duration connectTimeout = Duration.ofSeconds(5);

	/**
	 * Number of connections that all callers share, by default 2. With protocols without
	 * calls, such as 'line' and 'raw', number of exchanges that may be under way, each on
	 * a connection of its own, by default 64.
	 */
	private @Nullable Integer maxConnections;

	/**
	 * Number of streams that may be open at once, each on a connection of its own beside
	 * those that calls share. Without effect with protocols without calls.
	 */
	private int maxStreams = 64;

	/**
	 * Greatest size of a request or an answer, up to 16 MB less one byte. Peers written
	 * in Go take no more than 4 MB.
	 */
	private DataSize maxFrameSize = DataSize.ofMegabytes(4);

	/**
	 * Size of the requests that may wait to be written to a connection whose server reads
	 * too slowly or not at all. With more, further calls wait for room within their
	 * timeout. Without effect with protocols without calls.
	 */
	private DataSize outboundQueueSize = DataSize.ofMegabytes(4);

	/**
	 * Memory of the requests that may wait to be sent and that no thread waits for, by
	 * default an eighth of the heap. One more fails. Without effect with protocols
	 * without calls.
	 */
	private @Nullable DataSize memory;

	/**
	 * How long an answer, or an item of a stream, may take from its first byte to its
	 * last before its connection is closed. Zero for any time. Without effect with
	 * protocols without calls.
	 */
	private Duration frameTimeout = Duration.ofSeconds(10);

	/**
	 * How long the server may read nothing of what waits to be written, or say nothing
	 * while calls run out of time, before calls get another connection. Zero for any
	 * time. Without effect on streams and with protocols without calls.
	 */
	private Duration stallTimeout = Duration.ofSeconds(10);

	/**
	 * How long a call waits, within its timeout, for a server that is not there yet or
	 * not any more. Zero to fail at once.
	 */
	private Duration waitForServer = Duration.ofSeconds(5);

	/**
	 * How long a caller polls for its answer before it sleeps, as a duration or 'off'. By
	 * default 50 microseconds where there are two or more processors.
	 */
	private String busyPoll = "auto";

	/**
	 * Whether a connection outlives its first exchange. By default as the protocol says:
	 * with 'line' it does, with 'raw' it does not. Only with protocols without calls.
	 */
	private @Nullable Boolean keepAlive;

	/**
	 * Where an answer ends: with the message, as the protocol says, or with the end of
	 * all that the server sends. The latter only with protocols without calls.
	 */
	private ReadUntil readUntil = ReadUntil.CHUNK;

	@NestedConfigurationProperty
	private final UdsLineProperties line = new UdsLineProperties();

	private final Reconnect reconnect = new Reconnect();

	private final Health health = new Health();

	public @Nullable String getPath() {
		return this.path;
	}

	public void setPath(@Nullable String path) {
		this.path = path;
	}

	public String getProtocol() {
		return this.protocol;
	}

	public void setProtocol(String protocol) {
		this.protocol = protocol;
	}

	public @Nullable List<String> getExpectedUsers() {
		return this.expectedUsers;
	}

	public void setExpectedUsers(@Nullable List<String> expectedUsers) {
		this.expectedUsers = expectedUsers;
	}

	public @Nullable List<String> getExpectedGroups() {
		return this.expectedGroups;
	}

	public void setExpectedGroups(@Nullable List<String> expectedGroups) {
		this.expectedGroups = expectedGroups;
	}

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public Duration getConnectTimeout() {
		return this.connectTimeout;
	}

	public void setConnectTimeout(Duration connectTimeout) {
		this.connectTimeout = connectTimeout;
	}

	public @Nullable Integer getMaxConnections() {
		return this.maxConnections;
	}

	public void setMaxConnections(@Nullable Integer maxConnections) {
		this.maxConnections = maxConnections;
	}

	public int getMaxStreams() {
		return this.maxStreams;
	}

	public void setMaxStreams(int maxStreams) {
		this.maxStreams = maxStreams;
	}

	public DataSize getMaxFrameSize() {
		return this.maxFrameSize;
	}

	public void setMaxFrameSize(DataSize maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
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

	public Duration getWaitForServer() {
		return this.waitForServer;
	}

	public void setWaitForServer(Duration waitForServer) {
		this.waitForServer = waitForServer;
	}

	public String getBusyPoll() {
		return this.busyPoll;
	}

	public void setBusyPoll(String busyPoll) {
		this.busyPoll = busyPoll;
	}

	public @Nullable Boolean getKeepAlive() {
		return this.keepAlive;
	}

	public void setKeepAlive(@Nullable Boolean keepAlive) {
		this.keepAlive = keepAlive;
	}

	public ReadUntil getReadUntil() {
		return this.readUntil;
	}

	public void setReadUntil(ReadUntil readUntil) {
		this.readUntil = readUntil;
	}

	public UdsLineProperties getLine() {
		return this.line;
	}

	public Reconnect getReconnect() {
		return this.reconnect;
	}

	public Health getHealth() {
		return this.health;
	}

	/**
	 * How the health of the client is found out.
	 */
	public static class Health {

		/**
		 * Whether the health check may connect to the server while the client has no
		 * connection. By default it does with protocols that have routes: of the others,
		 * such as 'line' and 'raw', some servers are harmed by a client that says
		 * nothing.
		 */
		private @Nullable Boolean probe;

		public @Nullable Boolean getProbe() {
			return this.probe;
		}

		public void setProbe(@Nullable Boolean probe) {
			this.probe = probe;
		}

	}

	/**
	 * When to try again to connect.
	 */
	public static class Reconnect {

		/**
		 * Time to wait after the first failed attempt to connect. It doubles with each
		 * attempt and varies at random.
		 */
		private Duration initialBackoff = Duration.ofMillis(20);

		/**
		 * Longest time to wait between two attempts to connect.
		 */
		private Duration maxBackoff = Duration.ofSeconds(1);

		public Duration getInitialBackoff() {
			return this.initialBackoff;
		}

		public void setInitialBackoff(Duration initialBackoff) {
			this.initialBackoff = initialBackoff;
		}

		public Duration getMaxBackoff() {
			return this.maxBackoff;
		}

		public void setMaxBackoff(Duration maxBackoff) {
			this.maxBackoff = maxBackoff;
		}

	}

}
