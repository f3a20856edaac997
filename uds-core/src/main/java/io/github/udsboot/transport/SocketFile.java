package io.github.udsboot.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.BindFailedException.Reason;
import io.github.udsboot.transport.UdsServerSocket.AddressState;

/**
 * A listening socket and its file, bound such that no file of others is ever removed or
 * replaced, and that no client can connect before mode and group are set:
 * <ol>
 * <li>The path is short enough, and no user other than this one and root can replace what
 * is in its directory, or the directory, unless that is allowed.</li>
 * <li>We hold the lock {@code <path>.lock} for life. It keeps two servers apart, even
 * within one JVM. Its file is not created if a first check of the path shows a file that
 * must be left alone.</li>
 * <li>A file at the path is removed only if it is a socket of this user that refuses
 * connections.</li>
 * <li>The socket is bound in a private directory, which is held open, gets its mode and
 * group there, and is published under its name when it is ready. No mode is set by a name
 * that others could give to another file.</li>
 * <li>In the end the file is removed only if it is still the one that we created.</li>
 * </ol>
 * After a crash the kernel drops the lock, and the next start cleans up. Thread-safe.
 *
 * @param <L> the type of the listening socket
 */
public final class SocketFile<L extends Closeable> implements Closeable {

	private static final Log logger = GuardedLog.of(SocketFile.class);

	private static final int ATTEMPTS = 5;

	private final UdsAddress address;

	private final Path path;

	private final SocketLock lock;

	private final FileIdentity identity;

	private final L listener;

	/** Guarded by the monitor, like the field below. */
	private boolean closed;

	/** The lock belongs to another object, which is bound to the same path. */
	private boolean lockPassedOn;

	private SocketFile(UdsAddress address, Path path, SocketLock lock, FileIdentity identity, L listener) {
		this.address = address;
		this.path = path;
		this.lock = lock;
		this.identity = identity;
		this.listener = listener;
	}

	/**
	 * Bind a listening socket to a path.
	 * @param <L> the type of the listening socket
	 * @param address the path
	 * @param options mode and group of the file
	 * @param limit how long the path may be for clients
	 * @param binder makes the listening socket
	 * @return the socket; clients can connect
	 * @throws BindFailedException if the path cannot be bound safely
	 */
	public static <L extends Closeable> SocketFile<L> bind(UdsAddress address, BindOptions options,
			SocketPathLimit limit, ListenerBinder<L> binder) throws BindFailedException {
		return bind(address, options, limit, binder, null);
	}

	/**
	 * Bind another listening socket to the path, whose file is gone or a leftover of
	 * others. The lock is held throughout, so that no other server can intervene, and
	 * then belongs to the new socket. This socket keeps listening until it is closed.
	 * @param options mode and group of the file
	 * @param limit how long the path may be for clients
	 * @param binder makes the listening socket
	 * @return the socket; clients can connect
	 * @throws BindFailedException if the path cannot be bound safely; this socket is
	 * unaffected
	 */
	public synchronized SocketFile<L> rebind(BindOptions options, SocketPathLimit limit, ListenerBinder<L> binder)
			throws BindFailedException {
		if (this.closed || this.lockPassedOn) {
			throw new BindFailedException(Reason.OTHER, this.address,
					"The socket '" + this.address + "' is closed, or was bound again before", "Bind it anew.", null);
		}
		SocketFile<L> bound = bind(this.address, options, limit, binder, this.lock);
		this.lockPassedOn = bound.lock == this.lock;
		return bound;
	}

	private static <L extends Closeable> SocketFile<L> bind(UdsAddress address, BindOptions options,
			SocketPathLimit limit, ListenerBinder<L> binder, @Nullable SocketLock held) throws BindFailedException {
		SocketLock lock = null;
		SocketFile<L> bound = null;
		try {
			checkLength(address, limit);
			SocketPermissions permissions = SocketPermissions.of(address, options);
			Path path = SocketDirectory.prepare(address, options.allowSharedDirectory())
				.resolve(address.path().getFileName());
			PathOccupant occupant = new PathOccupant(address, path);
			PrivateDirectory directory = PrivateDirectory.beside(address, path);
			if (!SocketLock.exists(path)) {
				// No lock file is left beside a file that is left alone
				occupant.findStale();
			}
			if (held != null && held.isOf(path)) {
				held.renew(address);
				lock = held;
			}
			else {
				lock = SocketLock.acquire(address, path);
			}
			bound = bind(occupant, lock, permissions, directory, options.allowSharedDirectory(), binder);
			return bound;
		}
		catch (BindFailedException ex) {
			throw ex;
		}
		catch (AccessDeniedException ex) {
			throw failed(Reason.DIRECTORY_NOT_WRITABLE, address, ex);
		}
		catch (IOException ex) {
			throw failed(Reason.OTHER, address, ex);
		}
		catch (UnsupportedOperationException ex) {
			throw failed(Reason.TRANSPORT_UNAVAILABLE, address, ex);
		}
		finally {
			if (lock != null && bound == null && lock != held) {
				lock.close();
			}
		}
	}

	private static void checkLength(UdsAddress address, SocketPathLimit limit) throws BindFailedException {
		if (!limit.admits(address)) {
			throw new BindFailedException(Reason.PATH_TOO_LONG, address, limit.problem(address), limit.remedy(address),
					null);
		}
	}

	private static <L extends Closeable> SocketFile<L> bind(PathOccupant occupant, SocketLock lock,
			SocketPermissions permissions, PrivateDirectory directory, boolean shared, ListenerBinder<L> binder)
			throws IOException {
		occupant.clear();
		directory.create(shared);
		L listener = null;
		SocketFile<L> bound = null;
		try {
			listener = binder.bind(directory.bindPath());
			FileIdentity identity = directory.boundIdentity();
			if (identity == null || !identity.isSocket()) {
				throw directory.replaced();
			}
			permissions.apply(directory.bound());
			for (int attempt = 1; !SocketPublisher.publish(directory.bound(), occupant.path()); attempt++) {
				occupant.clear();
				if (attempt == ATTEMPTS) {
					throw new IOException("something takes the name again and again");
				}
			}
			bound = new SocketFile<>(occupant.address(), occupant.path(), lock, identity, listener);
			return bound;
		}
		finally {
			if (listener != null && bound == null) {
				listener.close();
			}
			tidy(directory);
		}
	}

	private static void tidy(PrivateDirectory directory) {
		try (directory) {
			directory.remove();
		}
		catch (IOException ex) {
			// It is empty, no other user can enter it, and the next start removes it
			logger.debug("A private directory is left over", ex);
		}
	}

	private static BindFailedException failed(Reason reason, UdsAddress address, Exception cause) {
		return new BindFailedException(reason, address,
				"The socket '" + address + "' could not be bound: " + Objects.toString(cause.getMessage(), "") + " ("
						+ cause.getClass().getSimpleName() + ")",
				(reason == Reason.DIRECTORY_NOT_WRITABLE) ? "Let this user create files in the directory of the socket."
						: "Choose another path, or another directory on a local file system.",
				cause);
	}

	/**
	 * Return the listening socket.
	 * @return the socket
	 */
	public L listener() {
		return this.listener;
	}

	/**
	 * Return the address as it was given.
	 * @return the address
	 */
	public UdsAddress address() {
		return this.address;
	}

	/**
	 * Return the state of the path now. The inode cannot be given to another file while
	 * the listening socket is open, so {@link AddressState#OURS} is certain.
	 * @return the state; a path that cannot be examined counts as
	 * {@link AddressState#FOREIGN}
	 */
	public AddressState addressState() {
		try {
			FileIdentity present = FileIdentity.of(this.path);
			if (present == null) {
				return AddressState.GONE;
			}
			return this.identity.isSameFile(present) ? AddressState.OURS : AddressState.FOREIGN;
		}
		catch (IOException ex) {
			logger.debug("The socket '" + this.address + "' cannot be looked at", ex);
			return AddressState.FOREIGN;
		}
	}

	/**
	 * Return whether the file at the path is a leftover that is replaced when the path is
	 * bound again: a socket of this user that refuses connections. Connects to it, if it
	 * belongs to this user and the kernel does not list its server.
	 * @return whether it is
	 */
	public boolean isReplaceable() {
		try {
			FileIdentity present = FileIdentity.of(this.path);
			return present != null && !this.identity.isSameFile(present) && present.isSocket() && present.isOurs()
					&& SocketProbe.isStale(UdsAddress.ofPath(this.path));
		}
		catch (IOException ex) {
			logger.debug("The socket '" + this.address + "' cannot be looked at", ex);
			return false;
		}
	}

	/**
	 * Remove the file if it is still ours. May be called more than once.
	 */
	public synchronized void withdraw() {
		// Once the listening socket is closed, its inode may belong to another file
		if (this.closed || addressState() != AddressState.OURS) {
			return;
		}
		try {
			Files.deleteIfExists(this.path);
		}
		catch (IOException ex) {
			logger.warn("The socket '" + this.address + "' could not be removed; the next start will", ex);
		}
	}

	/**
	 * Remove the file if it is still ours, close the listening socket and release the
	 * lock, unless a rebound socket has it. May be called more than once.
	 */
	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		// In this order: while the listening socket is open its inode is not reused, and
		// while the lock is held no other server binds
		try (this.listener) {
			withdraw();
		}
		catch (IOException ex) {
			logger.warn("The listening socket '" + this.address + "' could not be closed properly", ex);
		}
		finally {
			this.closed = true;
			if (!this.lockPassedOn) {
				this.lock.close();
			}
		}
	}

}
