package io.github.udsboot.transport;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * How to bind a listening socket.
 *
 * @param permissions the mode of the socket file, default {@code rw-------}; who may
 * write may connect
 * @param group the group of the socket file by name or number, or {@code null} to leave
 * it as the system sets it
 * @param backlog how many connections may wait to be accepted, default 1024
 */
public record BindOptions(Set<PosixFilePermission> permissions, @Nullable String group, int backlog) {

	/** The options that hold unless something else is said. */
	public static final BindOptions DEFAULTS = new BindOptions(PosixFilePermissions.fromString("rw-------"), null,
			1024);

	public BindOptions {
		permissions = Set.copyOf(permissions);
		if (backlog < 1) {
			throw new IllegalArgumentException("Backlog must be at least 1 but is " + backlog);
		}
	}

}
