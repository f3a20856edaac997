package io.github.udsboot.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;

/**
 * A path by which the channels of the JDK reach a socket, however long its own path is:
 * that path, or a link to it in a temporary directory that only this user can enter.
 */
final class ShortPath implements Closeable {

	private static final Log logger = GuardedLog.of(ShortPath.class);

	private final Path path;

	private final @Nullable Path directory;

	private ShortPath(Path path, @Nullable Path directory) {
		this.path = path;
		this.directory = directory;
	}

	/**
	 * Find or create a path that is short enough.
	 * @param socket the path of the socket
	 * @return the path, to be closed after use
	 * @throws IOException if a link is needed and cannot be created
	 */
	static ShortPath to(Path socket) throws IOException {
		if (isShort(socket)) {
			return new ShortPath(socket, null);
		}
		Path directory = Files.createTempDirectory("uds");
		ShortPath link = new ShortPath(directory.resolve("s"), directory);
		boolean made = false;
		try {
			if (!isShort(link.path)) {
				throw new IOException("the temporary directory has too long a path for a link to '" + socket + "'");
			}
			Files.createSymbolicLink(link.path, socket);
			made = true;
			return link;
		}
		finally {
			if (!made) {
				link.close();
			}
		}
	}

	private static boolean isShort(Path path) {
		return UdsAddress.bytes(path).length <= SocketPathLimit.JDK.bytes();
	}

	Path path() {
		return this.path;
	}

	@Override
	public void close() {
		if (this.directory == null) {
			return;
		}
		try {
			Files.deleteIfExists(this.path);
			Files.deleteIfExists(this.directory);
		}
		catch (IOException ex) {
			logger.debug("A temporary link is left over", ex);
		}
	}

}
