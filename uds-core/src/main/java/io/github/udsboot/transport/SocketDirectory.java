package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * Makes sure that the directory of a socket is a place where nobody but us, root and, at
 * most, a group can replace the socket.
 */
final class SocketDirectory {

	private static final Log logger = LogFactory.getLog(SocketDirectory.class);

	private static final Set<Path> warned = ConcurrentHashMap.newKeySet();

	private SocketDirectory() {
	}

	/**
	 * Check the directory of a socket. It is made, for us alone, when it is missing and
	 * the directory above it is ours.
	 * @param address the address
	 * @return the directory without symbolic links
	 * @throws BindFailedException if the directory is missing or not safe
	 */
	static Path prepare(UdsAddress address) throws BindFailedException {
		Path directory = address.path().getParent();
		if (directory == null) {
			throw new BindFailedException(Reason.NOT_A_SOCKET, address, "'" + address + "' is the root directory",
					"Give the path of a socket inside a directory.", null);
		}
		Path real = realPath(address, directory);
		FileIdentity identity = identify(address, real);
		if (!identity.isDirectory()) {
			throw new BindFailedException(Reason.NOT_A_DIRECTORY, address,
					"The socket path '" + address + "' stands below '" + directory + "', which is no directory",
					"Give a path inside a directory.", null);
		}
		checkOwner(address, real, identity);
		checkMode(address, real, identity);
		if (!Files.isWritable(real) || !Files.isExecutable(real)) {
			throw new BindFailedException(Reason.DIRECTORY_NOT_WRITABLE, address,
					"This process may not create files in '" + real + "', where the socket '" + address
							+ "' belongs (user id " + ProcessUser.uid() + ")",
					"Let this user write there, or choose another directory.", null);
		}
		return real;
	}

	private static Path realPath(UdsAddress address, Path directory) throws BindFailedException {
		try {
			return directory.toRealPath();
		}
		catch (NoSuchFileException ex) {
			return create(address, directory);
		}
		catch (AccessDeniedException ex) {
			throw notAccessible(address, directory, ex);
		}
		catch (IOException ex) {
			checkAbove(address, directory);
			throw failed(address, directory, ex);
		}
	}

	private static Path create(UdsAddress address, Path directory) throws BindFailedException {
		checkAbove(address, directory);
		try {
			Path parent = directory.getParent();
			FileIdentity identity = (parent != null) ? FileIdentity.of(parent.toRealPath()) : null;
			if (identity == null || !identity.isOurs() || !identity.isDirectory()) {
				throw missing(address, directory, null);
			}
			try {
				Files.createDirectory(directory,
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			}
			catch (FileAlreadyExistsException ex) {
				// Somebody was quicker, or it is a dangling link: the checks that follow
				// decide
			}
			return directory.toRealPath();
		}
		catch (NoSuchFileException ex) {
			throw missing(address, directory, ex);
		}
		catch (AccessDeniedException ex) {
			throw notAccessible(address, directory, ex);
		}
		catch (BindFailedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw failed(address, directory, ex);
		}
	}

	private static void checkAbove(UdsAddress address, Path directory) throws BindFailedException {
		// The exceptions for ENOTDIR differ between JDKs
		for (Path above = directory; above != null; above = above.getParent()) {
			if (Files.exists(above)) {
				if (!Files.isDirectory(above)) {
					throw new BindFailedException(Reason.NOT_A_DIRECTORY, address,
							"The socket path '" + address + "' stands below '" + above + "', which is no directory",
							"Give a path inside a directory.", null);
				}
				return;
			}
		}
	}

	private static FileIdentity identify(UdsAddress address, Path real) throws BindFailedException {
		try {
			FileIdentity identity = FileIdentity.of(real);
			if (identity == null) {
				throw missing(address, real, null);
			}
			return identity;
		}
		catch (BindFailedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw failed(address, real, ex);
		}
	}

	private static void checkOwner(UdsAddress address, Path real, FileIdentity identity) throws BindFailedException {
		if (!identity.isOurs() && identity.uid() != 0) {
			throw new BindFailedException(Reason.DIRECTORY_UNSAFE, address,
					"The directory '" + real + "' of the socket '" + address + "' belongs to '"
							+ ProcessUser.ownerOf(real) + "', who could replace the socket",
					"Choose a directory that belongs to this user or to root.", null);
		}
	}

	private static void checkMode(UdsAddress address, Path real, FileIdentity identity) throws BindFailedException {
		if (identity.isSticky()) {
			if (identity.isWritableByOthers() && warned.add(real)) {
				logger.warn("The socket '" + address + "' stands in '" + real
						+ "', where every user can create files: another one can take the name first and so keep "
						+ "this server from starting. Prefer a directory of its own, for instance below /run.");
			}
			return;
		}
		if (identity.isWritableByOthers()) {
			throw new BindFailedException(Reason.DIRECTORY_UNSAFE, address,
					"The directory '" + real + "' of the socket '" + address + "' has the mode "
							+ Integer.toOctalString(identity.mode() & 07777) + ": every user could replace the socket",
					"Take the right to write from others (chmod o-w '" + real + "'), or choose another directory.",
					null);
		}
		if (identity.isWritableByGroup() && warned.add(real)) {
			logger.info("The directory '" + real + "' of the socket '" + address
					+ "' can be written by its group, whose members could replace the socket");
		}
	}

	private static BindFailedException missing(UdsAddress address, Path directory, @Nullable IOException cause) {
		return new BindFailedException(Reason.DIRECTORY_MISSING, address,
				"The directory '" + directory + "' of the socket '" + address
						+ "' does not exist, and the directory above it is not this user's",
				"Create the directory; under systemd, RuntimeDirectory= does.", cause);
	}

	private static BindFailedException notAccessible(UdsAddress address, Path directory, IOException cause) {
		return new BindFailedException(Reason.DIRECTORY_NOT_WRITABLE, address,
				"This process may not reach or create the directory '" + directory + "' of the socket '" + address
						+ "' (user id " + ProcessUser.uid() + ")",
				"Let this user in, or choose another directory.", cause);
	}

	private static BindFailedException failed(UdsAddress address, Path directory, IOException cause) {
		return new BindFailedException(
				Reason.OTHER, address, "The directory '" + directory + "' of the socket '" + address
						+ "' cannot be used: " + Objects.toString(cause.getMessage(), cause.toString()),
				"Choose another directory.", cause);
	}

}
