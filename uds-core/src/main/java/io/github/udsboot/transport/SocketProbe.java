package io.github.udsboot.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.ConnectFailedException.Reason;

/**
 * Every check of a server that is not a call: whether there is one. At first without
 * touching it; a caller that must know more connects, and then leaves like a client that
 * has nothing to say: it ends its output, reads the greeting to the end, and closes. A
 * client that hangs up at once causes a failure in a server that writes its greeting
 * without handling errors, and some servers exit because of it.
 */
public final class SocketProbe {

	/** A server that has not ended the connection by then waits for something. */
	static final Duration PATIENCE = Duration.ofMillis(200);

	private static final Log logger = GuardedLog.of(SocketProbe.class);

	private static final int DISCARDED_AT_ONCE = 8 << 10;

	private SocketProbe() {
	}

	/**
	 * Check for a server without touching it.
	 * @param address the expected address
	 * @return {@code true} if the kernel knows of one that listens there, {@code false}
	 * if that cannot be determined without connecting
	 * @throws ConnectFailedException if no connect can succeed now, because there is no
	 * file or no socket, or its mode denies access to this user
	 */
	public static boolean isKnownToListen(UdsAddress address) throws ConnectFailedException {
		Reason obstacle = ConnectFailures.obstacle(address);
		if (obstacle != null) {
			throw ConnectFailures.create(obstacle, address, null);
		}
		return ListeningSockets.ofSystem().contains(address);
	}

	/**
	 * Check for a server by connecting. The server sees a client that sends nothing.
	 * Takes at most about 200 ms longer than the connect, which never waits.
	 * @param transport the transport for the connection
	 * @param address the address to connect to
	 * @throws ConnectFailedException if the server cannot be reached
	 */
	public static void connect(UdsTransport transport, UdsAddress address) throws ConnectFailedException {
		UdsSocket socket = transport.connect(address);
		// Selectors are for platform threads
		Thread leaver = new Thread(() -> leave(transport, socket), "uds-probe");
		leaver.setDaemon(true);
		boolean started = false;
		try {
			leaver.start();
			started = true;
		}
		finally {
			if (!started) {
				socket.close();
			}
		}
		try {
			leaver.join();
		}
		catch (InterruptedException ex) {
			// The result is already known
			Thread.currentThread().interrupt();
		}
	}

	private static void leave(UdsTransport transport, UdsSocket socket) {
		try (socket; Selector selector = transport.openSelector()) {
			socket.shutdownOutput();
			socket.register(selector, SelectionKey.OP_READ, null);
			ByteBuffer discarded = ByteBuffer.allocateDirect(DISCARDED_AT_ONCE);
			long deadline = System.nanoTime() + PATIENCE.toNanos();
			long left = PATIENCE.toNanos();
			int count = socket.read(discarded);
			while (count >= 0 && left > 0) {
				if (count == 0) {
					selector.select(left / 1_000_000 + 1);
					selector.selectedKeys().clear();
				}
				count = socket.read(discarded.clear());
				left = deadline - System.nanoTime();
			}
		}
		catch (IOException | UncheckedIOException ex) {
			logger.debug("The server at " + socket + " has ended the connection of a probe", ex);
		}
	}

	/**
	 * Return whether a socket is a leftover. If the kernel can be asked about the file,
	 * its answer decides. Otherwise only a refused connection proves it; a server with a
	 * full backlog and one that denies access are alive.
	 * @param socket the socket, its directory without symbolic links
	 * @return {@code true} if no process uses it
	 * @throws IOException if no socket can be opened, or no link created, to try it
	 */
	static boolean isStale(UdsAddress socket) throws IOException {
		return switch (useOf(socket)) {
			case LEFTOVER -> true;
			case IN_USE -> false;
			case UNKNOWN -> isStaleByConnecting(socket);
		};
	}

	/**
	 * Return whether a socket is certainly a leftover. Its server, if there is one, does
	 * not notice.
	 * @param path the path of a socket
	 * @return {@code true} if no process uses it; {@code false} if one does, or if that
	 * cannot be determined without connecting
	 */
	static boolean isCertainlyStale(Path path) throws IOException {
		return useOf(UdsAddress.ofPath(path)) == SocketUse.LEFTOVER;
	}

	private static SocketUse useOf(UdsAddress socket) throws IOException {
		try (ShortPath reachable = ShortPath.to(socket.path())) {
			return UdsTransports.useOf(UdsAddress.ofPath(reachable.path()));
		}
	}

	static boolean isStaleByConnecting(UdsAddress socket) throws IOException {
		Reason reason = failure(socket);
		return reason == Reason.NOT_LISTENING || reason == Reason.NO_SOCKET;
	}

	private static @Nullable Reason failure(UdsAddress socket) throws IOException {
		try (ShortPath reachable = ShortPath.to(socket.path())) {
			UdsAddress address = UdsAddress.ofPath(reachable.path());
			connect(UdsTransports.select(TransportType.JDK, address), address);
			return null;
		}
		catch (ConnectFailedException ex) {
			if (ex.reason() == Reason.OTHER) {
				throw ex;
			}
			return ex.reason();
		}
	}

}
