package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * A directory beside a socket, which only we can enter: the socket is bound in there, so
 * that its mode and group are set before anybody can connect.
 * <p>
 * Its name is made from the name of the socket: whoever has the lock of the socket knows
 * which directory a crashed predecessor has left. It is short because it takes its bytes
 * from those that a socket address can hold, and shorter where those are scarce. Should
 * two sockets of one directory ever share the name, they must not be bound at the same
 * moment: one bind would take the directory from the other.
 */
final class PrivateDirectory {

	private static final String SOCKET = "s";

	private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx------");

	private static final int NAMES = 36 * 36 * 36 * 36;

	private static final int LONGEST_NAME = 4;

	private static final int SHORTEST_NAME = 3;

	private final Path directory;

	private final Path given;

	private PrivateDirectory(Path directory, Path given) {
		this.directory = directory;
		this.given = given;
	}

	/**
	 * Choose the directory for a socket. Nothing is made yet.
	 * @param address the address, which may lead there by a shorter path
	 * @param socket the path of the socket, its directory without symbolic links
	 * @return the directory
	 * @throws BindFailedException if no socket can be bound in there, because its path
	 * would be too long
	 */
	static PrivateDirectory beside(UdsAddress address, Path socket) throws BindFailedException {
		int hash = Math.floorMod(socket.getFileName().toString().hashCode(), NAMES);
		String name = Integer.toString(NAMES + hash, 36).substring(1);
		// First the one that was checked: a link on the way may be replaced at any time
		for (Path path : List.of(socket, address.socketPath())) {
			for (int length = LONGEST_NAME; length >= SHORTEST_NAME; length--) {
				String chosen = "." + name.substring(0, length);
				PrivateDirectory directory = new PrivateDirectory(socket.resolveSibling(chosen),
						path.resolveSibling(chosen));
				if (UdsAddress.bytes(directory.bindPath()).length <= SocketPathLimit.JDK.bytes()) {
					return directory;
				}
			}
		}
		throw tooLong(address, socket);
	}

	private static BindFailedException tooLong(UdsAddress address, Path socket) {
		Path given = address.socketPath().resolveSibling("");
		Path real = socket.resolveSibling("");
		Path shorter = (UdsAddress.bytes(given).length < UdsAddress.bytes(real).length) ? given : real;
		int limit = SocketPathLimit.JDK.bytes() - "/.".length() - SHORTEST_NAME - "/".length() - SOCKET.length();
		return new BindFailedException(Reason.PATH_TOO_LONG, address,
				"The directory '" + shorter + "' of the socket " + address.quoted() + " has "
						+ UdsAddress.bytes(shorter).length + " bytes; the limit is " + limit
						+ ", since the socket is bound in a private directory below it",
				"Choose a directory with a shorter path, for instance below /run, or a relative path.", null);
	}

	/**
	 * Make the directory, after removing what a crashed process has left there. Only for
	 * the holder of the socket's lock.
	 * @throws IOException if it cannot be made
	 */
	void create() throws IOException {
		FileIdentity present = FileIdentity.of(this.directory);
		if (present != null) {
			if (!isLeftover(present)) {
				throw new IOException("'" + this.directory + "' is in the way and is none of our directories");
			}
			remove();
		}
		Files.createDirectory(this.directory, PosixFilePermissions.asFileAttribute(MODE));
	}

	/** Ours has that mode, and at most the socket in it. */
	private boolean isLeftover(FileIdentity present) throws IOException {
		if (!present.isDirectory() || !present.isOurs()
				|| !Files.getPosixFilePermissions(this.directory, LinkOption.NOFOLLOW_LINKS).equals(MODE)) {
			return false;
		}
		try (Stream<Path> files = Files.list(this.directory)) {
			FileIdentity socket = FileIdentity.of(socket());
			return files.allMatch(socket()::equals) && (socket == null || socket.isSocket());
		}
	}

	/**
	 * Return the path of the socket in the directory.
	 * @return an absolute path without symbolic links, which may be too long to bind to
	 */
	Path socket() {
		return this.directory.resolve(SOCKET);
	}

	/**
	 * Return where to bind.
	 * @return a path that is short enough; a link on the way may have been replaced, so
	 * what came of it is to be looked for at {@link #socket()}
	 */
	Path bindPath() {
		return this.given.resolve(SOCKET);
	}

	/**
	 * Remove the directory and the socket in it.
	 * @throws IOException if that fails, or if something else is in it
	 */
	void remove() throws IOException {
		FileIdentity socket = FileIdentity.of(socket());
		if (socket != null && socket.isSocket()) {
			Files.deleteIfExists(socket());
		}
		try {
			Files.deleteIfExists(this.directory);
		}
		catch (DirectoryNotEmptyException ex) {
			throw new IOException("'" + this.directory + "' is in the way and holds files that are not ours", ex);
		}
	}

}
