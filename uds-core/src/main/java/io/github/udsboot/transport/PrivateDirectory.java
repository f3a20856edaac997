package io.github.udsboot.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * A directory beside a socket, which only this user can enter: the socket is bound in
 * there, so that its mode and group are set before any client can connect.
 * <p>
 * Its name is derived from the name of the socket: the holder of the socket's lock knows
 * which directory a crashed predecessor has left. It is short because it takes up bytes
 * of those that a socket address can hold, and shorter where those are scarce. If two
 * sockets of one directory ever share the name, they must not be bound at the same
 * moment: one bind would take the directory from the other.
 * <p>
 * It is held open while it is in use. Where others may rename it, as in a shared
 * directory, the bound socket is reached through the open directory and not by name.
 */
final class PrivateDirectory implements Closeable {

	private static final String SOCKET = "s";

	private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx------");

	private static final int NAMES = 36 * 36 * 36 * 36;

	private static final int LONGEST_NAME = 4;

	private static final int SHORTEST_NAME = 3;

	private final UdsAddress address;

	private final Path directory;

	private final Path given;

	private @Nullable HeldFile held;

	private PrivateDirectory(UdsAddress address, Path directory, Path given) {
		this.address = address;
		this.directory = directory;
		this.given = given;
	}

	/**
	 * Choose the directory for a socket. Nothing is created yet.
	 * @param address the address, which may lead there by a shorter path
	 * @param socket the path of the socket, its directory without symbolic links
	 * @return the directory
	 * @throws BindFailedException if no socket can be bound there because its path would
	 * be too long
	 */
	static PrivateDirectory beside(UdsAddress address, Path socket) throws BindFailedException {
		int hash = Math.floorMod(socket.getFileName().toString().hashCode(), NAMES);
		String name = Integer.toString(NAMES + hash, 36).substring(1);
		// The one that was checked comes first: a link on the way may be replaced at any
		// time
		for (Path path : List.of(socket, address.socketPath())) {
			for (int length = LONGEST_NAME; length >= SHORTEST_NAME; length--) {
				String chosen = "." + name.substring(0, length);
				PrivateDirectory directory = new PrivateDirectory(address, socket.resolveSibling(chosen),
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
	 * Create the directory, after removing what a crashed process has left there. Only
	 * for the holder of the socket's lock. Must be closed after use.
	 * @param shared whether other users may be able to rename it
	 * @throws IOException if it cannot be created, or if something else is in the way
	 */
	void create(boolean shared) throws IOException {
		if (FileIdentity.of(this.directory) != null) {
			hold();
			remove();
			close();
		}
		try {
			Files.createDirectory(this.directory, PosixFilePermissions.asFileAttribute(MODE));
			FileIdentity made = FileIdentity.of(this.directory);
			if (made != null && !hasMode(made) && made.isDirectory() && made.isOurs() && !shared) {
				// The umask has removed permissions of the owner as well
				Files.setPosixFilePermissions(this.directory, MODE);
			}
		}
		catch (FileAlreadyExistsException ex) {
			throw inTheWay("another process has just made it", ex);
		}
		hold();
		if (boundIdentity() != null) {
			throw replaced();
		}
	}

	/**
	 * Open the directory. Ours has that mode, and contains at most the socket.
	 */
	private void hold() throws IOException {
		HeldFile held;
		try {
			held = HeldFile.directory(this.directory);
		}
		catch (AccessDeniedException | NotDirectoryException ex) {
			throw inTheWay(describe(FileIdentity.of(this.directory)), ex);
		}
		catch (IOException ex) {
			FileIdentity present = FileIdentity.of(this.directory);
			if (present == null || present.isDirectory()) {
				throw ex;
			}
			throw inTheWay(describe(present), ex);
		}
		this.held = held;
		boolean ours = false;
		try {
			FileIdentity identity = held.identity();
			if (identity == null || !identity.isDirectory() || !identity.isOurs() || !hasMode(identity)) {
				throw inTheWay(describe(identity), null);
			}
			if (!hasNothingElse(held)) {
				throw inTheWay(describe(identity) + ", with files in it that are not ours", null);
			}
			ours = true;
		}
		finally {
			if (!ours) {
				close();
			}
		}
	}

	private static boolean hasMode(FileIdentity identity) {
		return (identity.mode() & 0777) == 0700;
	}

	private static boolean hasNothingElse(HeldFile held) throws IOException {
		Path socket = held.path().resolve(SOCKET);
		FileIdentity identity = FileIdentity.of(socket);
		try (Stream<Path> files = Files.list(held.path())) {
			return files.allMatch((file) -> file.endsWith(SOCKET)) && (identity == null || identity.isSocket());
		}
	}

	private String describe(@Nullable FileIdentity present) {
		return (present != null) ? "it is " + present.type() + " of '" + ProcessUser.ownerOf(this.directory)
				+ "' with the mode " + present.modeText() + ", and none of the directories in which this user (id "
				+ ProcessUser.uid() + ") binds sockets" : "it comes and goes";
	}

	private BindFailedException inTheWay(String what, @Nullable IOException cause) {
		return new BindFailedException(Reason.PRIVATE_DIRECTORY, this.address,
				"'" + this.directory + "' is in the way of the socket '" + this.address
						+ "', which is bound in a private directory of that name first: " + what,
				"Remove '" + this.directory + "' if nothing needs it, or choose a directory that no other user may "
						+ "write to.",
				cause);
	}

	/**
	 * Return the path of the socket in the directory, for messages and for code that does
	 * not have the directory open.
	 * @return an absolute path without symbolic links, which may be too long to bind to
	 */
	Path socket() {
		return this.directory.resolve(SOCKET);
	}

	/**
	 * Return a path that leads to the socket in the created directory, even if another
	 * file takes over its name.
	 * @return the path
	 */
	Path bound() {
		return (this.held != null) ? this.held.path().resolve(SOCKET) : socket();
	}

	/**
	 * Return the identity of the socket in the created directory.
	 * @return its identity, or {@code null} if there is none
	 * @throws IOException if it cannot be determined
	 */
	@Nullable FileIdentity boundIdentity() throws IOException {
		return FileIdentity.of(bound());
	}

	/**
	 * Create the exception for a bind during which the directory was replaced.
	 * @return the exception
	 */
	BindFailedException replaced() {
		return new BindFailedException(Reason.PRIVATE_DIRECTORY, this.address,
				"The socket '" + this.address + "' was not bound: another process has replaced '" + this.directory
						+ "', the private directory in which it is bound first",
				"Choose a directory that no other user may write to.", null);
	}

	/**
	 * Return the path to bind to.
	 * @return a path that is short enough; the directory or a link on the way may have
	 * been replaced, so the bound socket must be looked for at {@link #bound()}
	 */
	Path bindPath() {
		return this.given.resolve(SOCKET);
	}

	/**
	 * Remove the directory and the socket in it. A file that has taken over its name is
	 * left alone.
	 * @throws IOException if that fails, or if something else is in it
	 */
	void remove() throws IOException {
		HeldFile held = this.held;
		if (held == null) {
			return;
		}
		FileIdentity socket = boundIdentity();
		if (socket != null && socket.isSocket()) {
			Files.deleteIfExists(bound());
		}
		FileIdentity identity = held.identity();
		if (identity == null || !identity.isSameFile(FileIdentity.of(this.directory))) {
			return;
		}
		try {
			Files.deleteIfExists(this.directory);
		}
		catch (DirectoryNotEmptyException ex) {
			throw new IOException("'" + this.directory + "' is in the way and holds files that are not ours", ex);
		}
	}

	@Override
	public void close() throws IOException {
		if (this.held != null) {
			this.held.close();
			this.held = null;
		}
	}

}
