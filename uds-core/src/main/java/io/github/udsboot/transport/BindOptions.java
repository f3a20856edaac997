package io.github.udsboot.transport;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * How to bind a listening socket.
 *
 * @param permissions the mode of the socket file, default {@code rw-------}; users with
 * write permission may connect
 * @param group the group of the socket file by name or number, or {@code null} to leave
 * it as the system sets it
 * @param backlog how many connections may wait to be accepted, default 1024
 * @param allowSharedDirectory whether the socket may be in a directory where users other
 * than this one and root, including members of its group, could replace it or the
 * directory, default {@code false}
 * @param waitForRelease how long to wait until another server has released the address,
 * default zero for not at all
 */
public record BindOptions(Set<PosixFilePermission> permissions, @Nullable String group, int backlog,
		boolean allowSharedDirectory, Duration waitForRelease) {

	/** The default options. */
	public static final BindOptions DEFAULTS = new BindOptions(PosixFilePermissions.fromString("rw-------"), null,
			1024);

	public BindOptions {
		permissions = Set.copyOf(permissions);
		if (group != null && group.isBlank()) {
			throw new IllegalArgumentException("The group is empty: name one, or leave it out and the file keeps the "
					+ "group that the system gives it");
		}
		if (backlog < 1) {
			throw new IllegalArgumentException("Backlog must be at least 1 but is " + backlog);
		}
		if (waitForRelease.isNegative()) {
			throw new IllegalArgumentException("waitForRelease must not be negative but is " + waitForRelease);
		}
	}

	/**
	 * Create options that allow no shared directory and do not wait.
	 * @param permissions the mode of the socket file
	 * @param group the group of the socket file, or {@code null}
	 * @param backlog how many connections may wait to be accepted
	 */
	public BindOptions(Set<PosixFilePermission> permissions, @Nullable String group, int backlog) {
		this(permissions, group, backlog, false, Duration.ZERO);
	}

	/**
	 * Return these options with another time to wait.
	 * @param waitForRelease how long to wait until another server has released the
	 * address, zero for not at all
	 * @return new options
	 */
	public BindOptions withWaitForRelease(Duration waitForRelease) {
		return new BindOptions(this.permissions, this.group, this.backlog, this.allowSharedDirectory, waitForRelease);
	}

}
