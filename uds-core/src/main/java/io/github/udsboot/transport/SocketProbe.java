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
 * Every look at a server that is no call: whether there is one. First without touching
 * it; who must know more connects, and then leaves as a client does that has nothing to
 * say: ends its output, takes what it is greeted with to the end, and closes. A client
 * that hangs up at once makes a server fail that writes its greeting without a thought
 * for errors, and some end with it.
 */
public final class SocketProbe {

	/** A server that has not ended the connection by then waits for something. */
	static final Duration PATIENCE = Duration.ofMillis(200);

	private static final Log logger = GuardedLog.of(SocketProbe.class);

	private static final int DISCARDED_AT_ONCE = 8 << 10;

	private SocketProbe() {
	}

	/**
	 * Look at a server without touching it.
	 * @param address where it should be
	 * @return {@code true} if the kernel knows of one that listens there, {@code false}
	 * if that cannot be told without connecting
	 * @throws ConnectFailedException if no connect can succeed now, because nothing or no
	 * socket is there, or its mode refuses this user
	 */
	public static boolean isKnownToListen(UdsAddress address) throws ConnectFailedException {
		Reason obstacle = ConnectFailures.obstacle(address);
		if (obstacle != null) {
			throw ConnectFailures.create(obstacle, address, null);
		}
		return ListeningSockets.ofSystem().contains(address);
	}

	/**
	 * Look at a server by connecting. The server sees a client that sends nothing. Takes
	 * at most about 200 ms longer than the connect, which never waits.
	 * @param transport how to connect
	 * @param address where to
	 * @throws ConnectFailedException if it cannot be reached
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
			// It is known by now what was to be found out
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
	 * its word is all. Else only a refused connection says so; a server whose backlog is
	 * full and one that lets nobody in are alive.
	 * @param socket the socket, its directory without symbolic links
	 * @return {@code true} if no process uses it
	 * @throws IOException if no socket can be opened, or no link made, to try it
	 */
	static boolean isStale(UdsAddress socket) throws IOException {
		return switch (useOf(socket)) {
			case LEFTOVER -> true;
			case IN_USE -> false;
			case UNKNOWN -> isStaleByConnecting(socket);
		};
	}

	/**
	 * Return whether a socket is certainly a leftover. Its server, if there is one, sees
	 * nothing of it.
	 * @param path the path of a socket
	 * @return {@code true} if no process uses it; {@code false} if one does, or if that
	 * cannot be told without connecting
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
