package io.github.udsboot.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

import io.github.udsboot.transport.TransportType;

/**
 * Configuration properties for Unix domain sockets.
 */
@ConfigurationProperties("uds")
public class UdsProperties {

	/**
	 * Whether to enable Unix domain sockets.
	 */
	private boolean enabled = true;

	@NestedConfigurationProperty
	private final UdsSocketProperties socket = new UdsSocketProperties();

	@NestedConfigurationProperty
	private final UdsListenerProperties listener = new UdsListenerProperties();

	@NestedConfigurationProperty
	private final UdsClientProperties client = new UdsClientProperties();

	/**
	 * Listeners beside the default one, by name. Below a name stand the keys of
	 * 'uds.socket', of which 'path' must be set, and those of 'uds.listener'.
	 */
	private final Map<String, Listener> listeners = new LinkedHashMap<>();

	/**
	 * Clients beside the primary one, by name. Below a name stand the keys of
	 * 'uds.client', of which 'path' must be set, and 'transport'.
	 */
	private final Map<String, Client> clients = new LinkedHashMap<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public UdsSocketProperties getSocket() {
		return this.socket;
	}

	public UdsListenerProperties getListener() {
		return this.listener;
	}

	public UdsClientProperties getClient() {
		return this.client;
	}

	public Map<String, Listener> getListeners() {
		return this.listeners;
	}

	public Map<String, Client> getClients() {
		return this.clients;
	}

	/**
	 * A named listener: the properties of a listener and of its socket side by side.
	 */
	public static class Listener extends UdsListenerProperties {

		private final UdsSocketProperties socket = new UdsSocketProperties();

		/**
		 * Return the properties of the socket.
		 * @return the properties, to which those of this class delegate
		 */
		public UdsSocketProperties socket() {
			return this.socket;
		}

		public @Nullable String getPath() {
			return this.socket.getPath();
		}

		/**
		 * Path of the socket. Also 'unix:///path' or 'unix:path', and for an abstract
		 * name of Linux '@name' (in YAML within quotes), 'unix-abstract:name' or, filled
		 * with NUL characters, 'unix-abstract-padded:name'.
		 * @param path the path
		 */
		public void setPath(@Nullable String path) {
			this.socket.setPath(path);
		}

		public String getPermissions() {
			return this.socket.getPermissions();
		}

		/**
		 * Permissions of the socket file, symbolic or octal with a leading zero (in YAML
		 * quoted, '"0660"'). Users with write permission may connect.
		 * @param permissions the permissions
		 */
		public void setPermissions(String permissions) {
			this.socket.setPermissions(permissions);
		}

		public @Nullable String getGroup() {
			return this.socket.getGroup();
		}

		/**
		 * Group of the socket file, by name or number. Left as the system sets it by
		 * default.
		 * @param group the group
		 */
		public void setGroup(@Nullable String group) {
			this.socket.setGroup(group);
		}

		public TransportType getTransport() {
			return this.socket.getTransport();
		}

		/**
		 * Implementation of the socket. By default that of the JDK, except for abstract
		 * names and paths of 107 bytes, which go over junixsocket.
		 * @param transport the transport
		 */
		public void setTransport(TransportType transport) {
			this.socket.setTransport(transport);
		}

		public int getBacklog() {
			return this.socket.getBacklog();
		}

		/**
		 * Number of connections that may wait to be accepted.
		 * @param backlog the number
		 */
		public void setBacklog(int backlog) {
			this.socket.setBacklog(backlog);
		}

		public boolean isAllowSharedDirectory() {
			return this.socket.isAllowSharedDirectory();
		}

		/**
		 * Whether the socket may stand in a directory where other users, or the members
		 * of its group, could replace it, such as an emptyDir of Kubernetes. It is warned
		 * about then; all who can write there, or rename a directory above it, must be
		 * trusted.
		 * @param allowSharedDirectory whether it may
		 */
		public void setAllowSharedDirectory(boolean allowSharedDirectory) {
			this.socket.setAllowSharedDirectory(allowSharedDirectory);
		}

		public Duration getWaitForRelease() {
			return this.socket.getWaitForRelease();
		}

		/**
		 * How long a listener that starts waits for another server to release its
		 * address, as one that drains does in a rolling update. By default it fails at
		 * once.
		 * @param waitForRelease the time
		 */
		public void setWaitForRelease(Duration waitForRelease) {
			this.socket.setWaitForRelease(waitForRelease);
		}

	}

	/**
	 * A named client.
	 */
	public static class Client extends UdsClientProperties {

		/**
		 * Implementation of the socket. By default that of the JDK, except for abstract
		 * names and paths of 107 bytes, which go over junixsocket.
		 */
		private TransportType transport = TransportType.AUTO;

		public TransportType getTransport() {
			return this.transport;
		}

		public void setTransport(TransportType transport) {
			this.transport = transport;
		}

	}

}
