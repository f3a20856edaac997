package io.github.udsboot.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Binds a listening socket to a path at which there is no file, inside a directory that
 * no other user can enter.
 *
 * @param <L> the type of the listening socket
 */
@FunctionalInterface
public interface ListenerBinder<L extends Closeable> {

	/**
	 * Bind and listen.
	 * @param path the path
	 * @return the listening socket; closing it leaves the file alone
	 * @throws IOException if binding fails; nothing is left open then
	 */
	L bind(Path path) throws IOException;

}
