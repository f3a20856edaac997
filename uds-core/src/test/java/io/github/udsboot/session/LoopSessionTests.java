package io.github.udsboot.session;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.ConnectionLimits;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

import static org.assertj.core.api.Assertions.assertThat;

class LoopSessionTests {

	private static final Duration OFF = Duration.ZERO;

	@Test
	void whenASenderIsWokenByTheEndThenItIsToldWhyAtOnce(@TempDir Path directory) throws Exception {
		Path path = directory.resolve("test.sock");
		UdsTransport transport = UdsTransports.select(TransportType.JDK, UdsAddress.of(path));
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
				EventLoopGroup loops = new EventLoopGroup("loop", transport, 1, 1,
						new ConnectionLimits(1000, new ConnectionClocks(OFF, OFF, OFF, OFF), OFF))) {
			server.bind(UnixDomainSocketAddress.of(path));
			UdsSocket socket = transport.connect(UdsAddress.of(path));
			CompletableFuture<Throwable> outcome = new CompletableFuture<>();
			Handler handler = (Handler) loops
				.add(socket, socket.peerCredentials(), new RawProtocol().newReader(Side.CLIENT, FrameLimits.DEFAULTS),
						(connection) -> new Handler(connection, outcome))
				.handler();
			Thread sender = new Thread(() -> {
				try {
					while (true) {
						handler.session.send("x".repeat(100_000));
					}
				}
				catch (UdsSessionClosedException ex) {
					outcome.complete(ex);
				}
			});
			sender.start();
			handler.session.connection().closeSoon(CloseReason.STALLED);
			assertThat(outcome.get(30, TimeUnit.SECONDS)).hasMessageContaining("did not read");
			assertThat(handler.told.await(30, TimeUnit.SECONDS)).isTrue();
		}
	}

	/** Is slow to tell its session of the end. */
	private static final class Handler implements ConnectionHandler, LoopSession.Owner {

		private final LoopSession session;

		private final CompletableFuture<Throwable> outcome;

		private final CountDownLatch told = new CountDownLatch(1);

		private Handler(LoopConnection connection, CompletableFuture<Throwable> outcome) {
			this.outcome = outcome;
			this.session = new LoopSession(
					"test", connection, new SessionCodec(PayloadConverter.defaults(),
							new RawProtocol().newWriter(FrameLimits.DEFAULTS), "test.sock"),
					Duration.ofSeconds(20), OFF, 10, this);
		}

		@Override
		public boolean frame(LoopConnection connection, Frame frame) {
			return true;
		}

		@Override
		public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
			this.outcome.orTimeout(20, TimeUnit.SECONDS).exceptionally((ex) -> ex).join();
			this.session.inputEnded();
			this.told.countDown();
		}

		@Override
		public void received(boolean taken) {
		}

	}

}
