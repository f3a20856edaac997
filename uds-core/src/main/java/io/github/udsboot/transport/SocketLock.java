package io.github.udsboot.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * The lock that decides which process serves a path. It is a lock on {@code <path>.lock},
 * a file that is created once and never removed: removing it would allow two processes to
 * lock two files of that name.
 * <p>
 * The kernel drops all locks that a process has on a file as soon as the process closes
 * <em>any</em> channel on that file. Hence every path is noted before its lock file is
 * opened, so that this JVM never has the file open twice.
 */
final class SocketLock implements Closeable {

	private static final Log logger = GuardedLog.of(SocketLock.class);

	private static final int ATTEMPTS = 20;

	private static final int OWNER_MAY_OPEN = 0600;

	private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");

	private static final Set<Path> held = ConcurrentHashMap.newKeySet();

	// Channels whose closing would drop the lock of a copy of this class in another class
	// loader. Kept from garbage collection, which would close them, and reused by the
	// next attempt on the same file.
	private static final Map<FileIdentity, FileChannel> neverClosed = new ConcurrentHashMap<>();

	private final Path path;

	/** Guarded by this object's monitor, like the field below. */
	private FileChannel channel;

	private FileIdentity identity;

	private SocketLock(Path path, FileChannel channel, FileIdentity identity) {
		this.path = path;
		this.channel = channel;
		this.identity = identity;
	}

	/**
	 * Return whether a lock file exists, or is currently in use by this JVM.
	 * @param socket the socket's path, its directory without symbolic links
	 * @return whether taking the lock would not create a file
	 */
	static boolean exists(Path socket) {
		Path path = path(socket);
		return held.contains(path) || Files.exists(path, LinkOption.NOFOLLOW_LINKS);
	}

	private static Path path(Path socket) {
		return socket.resolveSibling(socket.getFileName() + ".lock");
	}

	/**
	 * Take the lock of a socket.
	 * @param address the address
	 * @param socket the socket's path, its directory without symbolic links
	 * @return the lock
	 * @throws BindFailedException if another server has the lock, or if the lock file
	 * cannot be trusted
	 */
	static SocketLock acquire(UdsAddress address, Path socket) throws BindFailedException {
		Path path = path(socket);
		if (!held.add(path)) {
			throw sameJvm(address, null);
		}
		SocketLock lock = null;
		try {
			for (int attempt = 0; lock == null && attempt < ATTEMPTS; attempt++) {
				lock = attempt(address, path);
			}
		}
		catch (BindFailedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw unusable(address, path, "cannot be used: " + ex, ex);
		}
		finally {
			if (lock == null) {
				held.remove(path);
			}
		}
		if (lock == null) {
			throw unusable(address, path, "is removed or replaced all the time", null);
		}
		return lock;
	}

	/**
	 * Return whether this is the lock of a socket.
	 * @param socket the socket's path, its directory without symbolic links
	 * @return whether it is
	 */
	boolean isOf(Path socket) {
		return this.path.equals(path(socket));
	}

	/**
	 * Make sure that this is still the file that other servers would have to lock: the
	 * lock file may have been removed, in which case it is created and locked again.
	 * @param address the address
	 * @throws BindFailedException if another server has locked a file that is there now,
	 * or if that file cannot be trusted; the lock remains as it was
	 */
	synchronized void renew(UdsAddress address) throws BindFailedException {
		try {
			for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
				if (this.identity.isSameFile(FileIdentity.of(this.path))) {
					return;
				}
				SocketLock other = attempt(address, this.path);
				if (other != null) {
					FileChannel removed = this.channel;
					this.channel = other.channel;
					this.identity = other.identity;
					removed.close();
					return;
				}
			}
		}
		catch (BindFailedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw unusable(address, this.path, "cannot be used: " + ex, ex);
		}
		throw unusable(address, this.path, "is removed or replaced all the time", null);
	}

	private static @Nullable SocketLock attempt(UdsAddress address, Path path) throws IOException {
		FileIdentity before = FileIdentity.of(path);
		if (before == null) {
			create(path);
			return null;
		}
		check(address, path, before);
		FileChannel channel = neverClosed.remove(before);
		try {
			if (channel == null) {
				// Also for reading: opening a named pipe only for writing would block
				channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE,
						LinkOption.NOFOLLOW_LINKS);
			}
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		catch (AccessDeniedException ex) {
			throw unusable(address, path, "has the mode " + before.modeText() + " and belongs to '"
					+ ProcessUser.ownerOf(path) + "', who may not open it (user id " + ProcessUser.uid() + ")", ex);
		}
		boolean locked = false;
		boolean foreign = false;
		try {
			lock(address, path, channel);
			// Cleaners of /tmp remove idle lock files. The open file keeps its inode from
			// being given to another file, so the same inode before and after is the same
			// file.
			locked = before.isSameFile(FileIdentity.of(path));
			return locked ? new SocketLock(path, channel, before) : null;
		}
		catch (OverlappingFileLockException ex) {
			foreign = true;
			neverClosed.put(before, channel);
			throw sameJvm(address, ex);
		}
		finally {
			if (!locked && !foreign) {
				channel.close();
			}
		}
	}

	private static void create(Path path) throws IOException {
		FileChannel channel;
		try {
			channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
					PosixFilePermissions.asFileAttribute(MODE));
		}
		catch (FileAlreadyExistsException ex) {
			// Another process was faster; the next attempt checks its file
			return;
		}
		try (channel) {
			FileIdentity made = FileIdentity.of(path);
			if (made != null && (made.mode() & OWNER_MAY_OPEN) != OWNER_MAY_OPEN) {
				// The umask has removed permissions of the owner as well
				try (HeldFile file = HeldFile.of(channel, path)) {
					Files.setPosixFilePermissions(file.path(), MODE);
				}
			}
		}
	}

	private static void check(UdsAddress address, Path path, FileIdentity identity) throws BindFailedException {
		if (!identity.isRegularFile()) {
			throw unusable(address, path, "is " + identity.type(), null);
		}
		if (!identity.isOurs()) {
			throw unusable(address, path,
					"belongs to '" + ProcessUser.ownerOf(path) + "' and has the mode " + identity.modeText(), null);
		}
		if (identity.links() != 1) {
			throw unusable(address, path, "has " + identity.links() + " hard links", null);
		}
	}

	private static void lock(UdsAddress address, Path path, FileChannel channel) throws IOException {
		FileLock lock = channel.tryLock();
		if (lock == null) {
			throw new BindFailedException(
					Reason.LIVE_SERVER, address, "A server is already running on '" + address
							+ "', or is still stopping: another process holds '" + path + "'",
					"Stop that process, or choose another path.", null);
		}
	}

	private static BindFailedException sameJvm(UdsAddress address, @Nullable Throwable cause) {
		return new BindFailedException(Reason.SAME_JVM, address,
				"A server is already running on '" + address + "' in this JVM",
				"Close the other application context, or give one of them another path.", cause);
	}

	private static BindFailedException unusable(UdsAddress address, Path path, String what, @Nullable Throwable cause) {
		return new BindFailedException(Reason.LOCK_UNUSABLE, address,
				"The lock file '" + path + "' of the socket '" + address + "' " + what,
				"Remove it if no server is running on that path, or choose another path.", cause);
	}

	/**
	 * Release the path for other servers. May be called more than once.
	 */
	@Override
	public synchronized void close() {
		if (!this.channel.isOpen()) {
			return;
		}
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			logger.warn("The lock file '" + this.path + "' could not be closed", ex);
		}
		// After the channel: until then no other code in this JVM may open the file
		held.remove(this.path);
		ReleaseWait.released();
	}

}
