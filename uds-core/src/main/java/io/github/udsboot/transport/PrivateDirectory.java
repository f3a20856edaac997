package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory beside a socket, which only we can enter: the socket is bound in there, so
 * that its mode and group are set before anybody can connect.
 * <p>
 * Its name is made from the name of the socket: whoever has the lock of the socket knows
 * which directory a crashed predecessor has left. It is short because it takes its bytes
 * from those that a socket address can hold; should two sockets of one directory ever
 * share the name, one of two simultaneous binds fails and nothing else happens.
 */
final class PrivateDirectory {

	private static final String SOCKET = "s";

	private static final int NAMES = 36 * 36 * 36 * 36;

	private final Path directory;

	private PrivateDirectory(Path directory) {
		this.directory = directory;
	}

	/**
	 * Make the directory, after removing what a crashed process has left there. Only for
	 * the holder of the socket's lock.
	 * @param socket the path of the socket
	 * @return the directory
	 * @throws IOException if it cannot be made
	 */
	static PrivateDirectory create(Path socket) throws IOException {
		int name = Math.floorMod(socket.getFileName().toString().hashCode(), NAMES);
		PrivateDirectory created = new PrivateDirectory(
				socket.resolveSibling("." + Integer.toString(NAMES + name, 36).substring(1)));
		FileIdentity leftover = FileIdentity.of(created.directory);
		if (leftover != null && leftover.isDirectory() && leftover.isOurs()) {
			created.remove();
		}
		Files.createDirectory(created.directory,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		return created;
	}

	/**
	 * Return where to bind.
	 * @return a path inside the directory
	 */
	Path socket() {
		return this.directory.resolve(SOCKET);
	}

	/**
	 * Remove the directory and the socket in it.
	 * @throws IOException if that fails, or if something else is in it
	 */
	void remove() throws IOException {
		FileIdentity socket = FileIdentity.of(socket());
		if (socket != null && !socket.isDirectory()) {
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
