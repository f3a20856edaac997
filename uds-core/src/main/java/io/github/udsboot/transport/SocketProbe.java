package io.github.udsboot.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Tells whether somebody listens on a socket.
 */
final class SocketProbe {

	private SocketProbe() {
	}

	/**
	 * Return whether a socket is a leftover. Only a refused connection says so; a server
	 * whose backlog is full (EAGAIN) and one that lets nobody in are alive.
	 * @param path an existing socket
	 * @return {@code true} if nobody listens on it
	 * @throws IOException if no socket can be opened, or no link made, to try it
	 */
	static boolean isStale(Path path) throws IOException {
		try (ShortPath reachable = ShortPath.to(path);
				SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			// A blocking connect to a full backlog would wait for ever
			channel.configureBlocking(false);
			try {
				channel.connect(UnixDomainSocketAddress.of(reachable.path()));
				return false;
			}
			catch (ConnectException ex) {
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		}
	}

}
