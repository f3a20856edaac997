package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Gives a listening socket its public name, in one step.
 */
final class SocketPublisher {

	private SocketPublisher() {
	}

	/**
	 * Publish a socket.
	 * @param socket the path to which it was bound
	 * @param path the name that clients know
	 * @return {@code false} if there is already a file at that path
	 * @throws IOException if publishing failed
	 */
	static boolean publish(Path socket, Path path) throws IOException {
		try {
			// Rejects an existing target, in the kernel
			Files.createLink(path, socket);
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
		catch (FileSystemException | UnsupportedOperationException ex) {
			return rename(socket, path);
		}
	}

	static boolean rename(Path socket, Path path) throws IOException {
		// A file system without hard links. A rename replaces its target; the lock keeps
		// other servers of this library away, but nothing does the same for other
		// programs.
		if (FileIdentity.of(path) != null) {
			return false;
		}
		Files.move(socket, path, StandardCopyOption.ATOMIC_MOVE);
		return true;
	}

}
