package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.testsupport.FakeSocket;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionDrainTests {

	private static final Duration OFF = Duration.ZERO;

	@Test
	void whenAPeerNeverStopsToSendThenADrainEndsAllTheSame() throws Exception {
		UdsTransport transport = UdsTransports.select(TransportType.JDK, UdsAddress.of(Path.of("unused.sock")));
		CompletableFuture<CloseReason> closed = new CompletableFuture<>();
		try (TalkativePeer peer = new TalkativePeer();
				EventLoopGroup loops = new EventLoopGroup("loop", transport, 1, 1,
						new ConnectionLimits(1 << 20, new ConnectionClocks(OFF, OFF, OFF, OFF), OFF))) {
			loops.add(peer, new PeerCredentials(() -> "ada", null, null, null, null), new ByteReader(),
					new ConnectionHandler() {

						@Override
						public boolean frame(LoopConnection connection, Frame frame) {
							return true;
						}

						@Override
						public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
							closed.complete(reason);
						}

					});
			loops.drain();
			assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo(CloseReason.STOPPED);
		}
	}

	/** There is always something to read from it. */
	private static final class TalkativePeer extends FakeSocket {

		private final Pipe pipe;

		private TalkativePeer() throws IOException {
			this.pipe = Pipe.open();
			this.pipe.source().configureBlocking(false);
		}

		@Override
		public SelectionKey register(Selector selector, int operations, Object attachment) {
			try {
				return this.pipe.source().register(selector, operations, attachment);
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

		@Override
		public int read(ByteBuffer target) {
			target.put((byte) 1);
			return 1;
		}

		@Override
		public void close() {
			super.close();
			try {
				this.pipe.source().close();
				this.pipe.sink().close();
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

	}

	/** Every byte is a frame. */
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
