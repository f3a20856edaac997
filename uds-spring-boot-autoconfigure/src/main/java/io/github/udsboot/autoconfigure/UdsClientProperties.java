package io.github.udsboot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties for a client.
 */
public class UdsClientProperties {

	/**
	 * Path of the socket that the client connects to, of the primary client by default
	 * 'uds.socket.path'. A leading '@' stands for an abstract name of Linux.
	 */
	private @Nullable String path;

	/**
	 * Protocol that the client speaks.
	 */
	private String protocol = "ttrpc";

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
	 * Number of connections that all callers share.
	 */
	private int maxConnections = 2;

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

	private final Reconnect reconnect = new Reconnect();

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

	public int getMaxConnections() {
		return this.maxConnections;
	}

	public void setMaxConnections(int maxConnections) {
		this.maxConnections = maxConnections;
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

	public Reconnect getReconnect() {
		return this.reconnect;
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
