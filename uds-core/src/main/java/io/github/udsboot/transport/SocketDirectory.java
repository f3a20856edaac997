package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * Makes sure that in the directory of a socket no user other than this one and root can
 * replace the socket, unless that is allowed.
 */
final class SocketDirectory {

	private static final Log logger = GuardedLog.of(SocketDirectory.class);

	private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx------");

	private static final Set<Path> warned = ConcurrentHashMap.newKeySet();

	private SocketDirectory() {
	}

	/**
	 * Check the directory of a socket. If it is missing it is created, for this user
	 * only, provided that the directory above it belongs to this user or shared
	 * directories are allowed.
	 * @param address the address
	 * @param allowShared whether other users may be able to replace the socket
	 * @return the directory without symbolic links
	 * @throws BindFailedException if the directory is missing or not safe
	 */
	static Path prepare(UdsAddress address, boolean allowShared) throws BindFailedException {
		Path directory = address.path().getParent();
		if (directory == null) {
			throw new BindFailedException(Reason.NOT_A_SOCKET, address, "'" + address + "' is the root directory",
					"Give the path of a socket inside a directory.", null);
		}
		Path real = realPath(address, directory, allowShared);
		FileIdentity identity = identify(address, real);
		if (!identity.isDirectory()) {
			throw new BindFailedException(Reason.NOT_A_DIRECTORY, address,
					"The socket path '" + address + "' stands below '" + directory + "', which is no directory",
					"Give a path inside a directory.", null);
		}
		if (!isShared(address, directory, real, identity, allowShared)) {
			tellWhoElseWrites(address, real, identity);
		}
		if (!Files.isWritable(real) || !Files.isExecutable(real)) {
			throw new BindFailedException(Reason.DIRECTORY_NOT_WRITABLE, address,
					"This process may not create files in '" + real + "', where the socket '" + address
							+ "' belongs (user id " + ProcessUser.uid() + ")",
					"Let this user write there, or choose another directory.", null);
		}
		return real;
	}

	private static Path realPath(UdsAddress address, Path directory, boolean allowShared) throws BindFailedException {
		try {
			return directory.toRealPath();
		}
		catch (NoSuchFileException ex) {
			return create(address, directory, allowShared);
		}
		catch (AccessDeniedException ex) {
			throw notAccessible(address, directory, ex);
		}
		catch (IOException ex) {
			checkAbove(address, directory);
			throw failed(address, directory, ex);
		}
	}

	private static Path create(UdsAddress address, Path directory, boolean allowShared) throws BindFailedException {
		checkAbove(address, directory);
		if (Files.isSymbolicLink(directory)) {
			throw missing(address, directory, "is a symbolic link to nothing", null);
		}
		try {
			if (!allowShared) {
				checkParent(address, directory);
			}
			try {
				Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(MODE));
				if (!allowShared) {
					// A umask may remove permissions of the owner as well
					Files.setPosixFilePermissions(directory, MODE);
				}
			}
			catch (FileAlreadyExistsException ex) {
				// Another process was faster: the following checks decide
			}
			return directory.toRealPath();
		}
		catch (NoSuchFileException ex) {
			throw missing(address, directory, "does not exist" + ofThoseAbove(directory), ex);
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

	private static void checkParent(UdsAddress address, Path directory) throws IOException {
		Path parent = directory.getParent();
		if (parent == null) {
			return;
		}
		Path real = parent.toRealPath();
		FileIdentity identity = identify(address, real);
		// Before the directory is created: it would be shared, too
		DirectorySharing sharing = DirectorySharing.withoutItsOwner(parent, real, identity);
		if (sharing != null) {
			throw unsafe(address, real, sharing);
		}
		if (!identity.isOurs()) {
			throw missing(address, directory, "does not exist, and is not made: the directory above it belongs to '"
					+ ProcessUser.ownerOf(real) + "'", null);
		}
	}

	private static String ofThoseAbove(Path directory) {
		Path parent = directory.getParent();
		if (parent == null || Files.exists(parent)) {
			return "";
		}
		Path highest = parent;
		for (Path above = parent; above != null && !Files.exists(above); above = above.getParent()) {
			highest = above;
		}
		return ", nor does '" + highest + "'" + (highest.equals(parent) ? "" : " higher up")
				+ ": only the last directory of a path is made";
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
				throw missing(address, real, "does not exist", null);
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

	/**
	 * Return whether other users could replace the socket.
	 * @throws BindFailedException if they could, and that is not allowed
	 */
	private static boolean isShared(UdsAddress address, Path directory, Path real, FileIdentity identity,
			boolean allowed) throws BindFailedException {
		DirectorySharing sharing;
		try {
			sharing = DirectorySharing.of(directory, real, identity);
		}
		catch (IOException ex) {
			throw failed(address, directory, ex);
		}
		if (sharing == null) {
			return false;
		}
		if (!allowed) {
			throw unsafe(address, real, sharing);
		}
		if (warned.add(real)) {
			logger.warn(text(address, real, sharing) + ". Who does gets the calls that are meant for this server. The "
					+ "directory is accepted since shared ones are allowed (allow-shared-directory).");
		}
		return true;
	}

	private static BindFailedException unsafe(UdsAddress address, Path real, DirectorySharing sharing) {
		return new BindFailedException(Reason.DIRECTORY_UNSAFE, address, text(address, real, sharing),
				sharing.remedy() + ", choose another directory, or, if all of them are trusted, allow a shared "
						+ "directory (allow-shared-directory).",
				null);
	}

	private static String text(UdsAddress address, Path real, DirectorySharing sharing) {
		return "The directory '" + real + "' of the socket '" + address + "' " + sharing.clause();
	}

	private static void tellWhoElseWrites(UdsAddress address, Path real, FileIdentity identity) {
		if (identity.isSticky() && identity.isWritableByOthers() && warned.add(real)) {
			logger.warn("The socket '" + address + "' stands in '" + real
					+ "', where every user can create files: another one can take the name first and so keep "
					+ "this server from starting. Prefer a directory of its own, for instance below /run.");
		}
	}

	private static BindFailedException missing(UdsAddress address, Path directory, String what,
			@Nullable IOException cause) {
		return new BindFailedException(Reason.DIRECTORY_MISSING, address,
				"The directory '" + directory + "' of the socket '" + address + "' " + what,
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
