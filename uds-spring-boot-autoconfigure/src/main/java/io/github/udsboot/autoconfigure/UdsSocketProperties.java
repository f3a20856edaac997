package io.github.udsboot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.TransportType;

/**
 * Configuration properties for a socket.
 */
public class UdsSocketProperties {

	/**
	 * Path of the socket. The default listener binds here and the primary client connects
	 * here. Also 'unix:///path' or 'unix:path', and for an abstract name of Linux '@name'
	 * (in YAML within quotes), 'unix-abstract:name' or, filled with NUL characters,
	 * 'unix-abstract-padded:name'.
	 */
	private @Nullable String path;

	/**
	 * Permissions of the socket file, symbolic or octal with a leading zero (in YAML
	 * quoted, '"0660"'). Users with write permission may connect.
	 */
	private String permissions = "rw-------";

	/**
	 * Group of the socket file, by name or number. Left as the system sets it by default.
	 */
	private @Nullable String group;

	/**
	 * Implementation of the socket. By default that of the JDK, except for abstract names
	 * and paths of 107 bytes, which go over junixsocket.
	 */
	private TransportType transport = TransportType.AUTO;

	/**
	 * Number of connections that may wait to be accepted.
	 */
	private int backlog = 1024;

	/**
	 * Whether the socket may stand in a directory where other users, or the members of
	 * its group, could replace it, such as an emptyDir of Kubernetes. It is warned about
	 * then; all who can write there, or rename a directory above it, must be trusted.
	 */
	private boolean allowSharedDirectory;

	/**
	 * How long a listener that starts waits for another server to release its address, as
	 * one that drains does in a rolling update. By default it fails at once.
	 */
	private Duration waitForRelease = Duration.ZERO;

	public @Nullable String getPath() {
		return this.path;
	}

	public void setPath(@Nullable String path) {
		this.path = path;
	}

	public String getPermissions() {
		return this.permissions;
	}

	public void setPermissions(String permissions) {
		this.permissions = permissions;
	}

	public @Nullable String getGroup() {
		return this.group;
	}

	public void setGroup(@Nullable String group) {
		this.group = group;
	}

	public TransportType getTransport() {
		return this.transport;
	}

	public void setTransport(TransportType transport) {
		this.transport = transport;
	}

	public int getBacklog() {
		return this.backlog;
	}

	public void setBacklog(int backlog) {
		this.backlog = backlog;
	}

	public boolean isAllowSharedDirectory() {
		return this.allowSharedDirectory;
	}

	public void setAllowSharedDirectory(boolean allowSharedDirectory) {
		this.allowSharedDirectory = allowSharedDirectory;
	}

	public Duration getWaitForRelease() {
		return this.waitForRelease;
	}

	public void setWaitForRelease(Duration waitForRelease) {
		this.waitForRelease = waitForRelease;
	}

}
