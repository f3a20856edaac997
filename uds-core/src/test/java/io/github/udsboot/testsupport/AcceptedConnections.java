package io.github.udsboot.testsupport;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.listener.admission.Admission;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

/**
 * Connections on an event loop that a test can hold up, of peers whose credentials it
 * chooses. Every byte is a valid frame.
 */
public final class AcceptedConnections implements AutoCloseable {

	private static final Duration OFF = Duration.ZERO;

	private final UdsAddress address;

	private final UdsServerSocket server;

	private final EventLoopGroup loops;

	private final Map<LoopConnection, SocketChannel> peers = new HashMap<>();

	public AcceptedConnections(Path directory) throws IOException {
		this(directory, new ConnectionClocks(OFF, OFF, OFF, OFF));
	}

	public AcceptedConnections(Path directory, ConnectionClocks clocks) throws IOException {
		this.address = UdsAddress.of(directory.resolve("test.sock"));
		UdsTransport transport = UdsTransports.select(TransportType.JDK, this.address);
		this.server = transport.bind(this.address, BindOptions.DEFAULTS);
		this.loops = new EventLoopGroup("test", transport, 1, 1, new ConnectionLimits(1 << 20, clocks, OFF));
	}

	/** Wait until the loop has done all that it was given. */
	public void awaitLoop() throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.loops.execute(done::countDown);
		done.await();
	}

	/** Have the loop do nothing until the latch is open. */
	public CountDownLatch occupyLoop() {
		CountDownLatch latch = new CountDownLatch(1);
		this.loops.execute(() -> {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		return latch;
	}

	public LoopConnection connect(Admission admission, PeerCredentials credentials) throws IOException {
		SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(this.address.path()));
		UdsSocket socket = this.server.accept();
		while (socket == null) {
			socket = this.server.accept();
		}
		LoopConnection connection = this.loops.add(socket, credentials, new ByteReader(), new ConnectionHandler() {

			@Override
			public boolean frame(LoopConnection connection, Frame frame) {
				connection.prove();
				admission.proven(connection);
				return true;
			}

			@Override
			public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
			}

		});
		this.peers.put(connection, peer);
		admission.expectFirstFrame(connection);
		return connection;
	}

	public LoopConnection connect(Admission admission) throws IOException {
		return connect(admission, new PeerCredentials(() -> "ada", null, null, null, null));
	}

	public void send(LoopConnection connection) throws IOException {
		this.peers.get(connection).write(ByteBuffer.wrap(new byte[] { 1 }));
	}

	@Override
	public void close() throws IOException {
		this.loops.close();
		this.server.close();
		for (SocketChannel peer : this.peers.values()) {
			peer.close();
		}
	}

	private static final class ByteReader implements FrameReader {

		@Override
		public @Nullable Frame read(ByteBuffer in) {
			return in.hasRemaining() ? new InvalidFrame(in.get(), Status.INTERNAL, "") : null;
		}

		@Override
		public @Nullable ByteBuffer target() {
			return null;
		}

		@Override
		public boolean isMidFrame() {
			return false;
		}

	}

}
