package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * The mode and the group for a socket file.
 */
final class SocketPermissions {

	private final UdsAddress address;

	private final Set<PosixFilePermission> mode;

	private final @Nullable GroupPrincipal group;

	private SocketPermissions(UdsAddress address, Set<PosixFilePermission> mode, @Nullable GroupPrincipal group) {
		this.address = address;
		this.mode = mode;
		this.group = group;
	}

	/**
	 * Look up the group.
	 * @param address the address
	 * @param options the mode, and the group by name or number
	 * @return the permissions
	 * @throws BindFailedException if there is no such group
	 */
	static SocketPermissions of(UdsAddress address, BindOptions options) throws BindFailedException {
		return new SocketPermissions(address, options.permissions(),
				(options.group() != null) ? group(address, options.group()) : null);
	}

	private static GroupPrincipal group(UdsAddress address, String name) throws BindFailedException {
		try {
			return address.path().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
		}
		catch (UserPrincipalNotFoundException ex) {
			throw new BindFailedException(Reason.PERMISSIONS, address,
					"The group '" + name + "' for the socket '" + address + "' does not exist",
					"Create the group, or name another one.", ex);
		}
		catch (IOException ex) {
			throw new BindFailedException(Reason.PERMISSIONS, address,
					"The group '" + name + "' for the socket '" + address + "' cannot be looked up: " + ex.getMessage(),
					"Give the group by its number.", ex);
		}
	}

	/**
	 * Set the group and then the mode of a file.
	 * @param path the file
	 * @throws BindFailedException if this process may not do that
	 */
	void apply(Path path) throws BindFailedException {
		if (this.group != null) {
			try {
				Files.getFileAttributeView(path, PosixFileAttributeView.class).setGroup(this.group);
			}
			catch (IOException ex) {
				throw new BindFailedException(Reason.PERMISSIONS, this.address,
						"The socket '" + this.address + "' cannot be given the group '" + this.group.getName() + "': "
								+ ex.getMessage(),
						"Make this user (id " + ProcessUser.uid() + ") a member of the group, or name another one.",
						ex);
			}
		}
		try {
			Files.setPosixFilePermissions(path, this.mode);
		}
		catch (IOException ex) {
			throw new BindFailedException(Reason.PERMISSIONS, this.address,
					"The socket '" + this.address + "' cannot be given the mode "
							+ PosixFilePermissions.toString(this.mode) + ": " + ex.getMessage(),
					"Choose a directory on a local file system.", ex);
		}
	}

}
