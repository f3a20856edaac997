package io.github.udsboot.listener;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer with many subscriptions, which reads all it gets: whatever its streams give, the
 * loop serves the other connections.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class ManyStreamsTests {

	private static final int STREAMS = 64;

	@Parameter
	private TransportType transport;

	private TestListener listener;

	private final AtomicLong read = new AtomicLong();

	private final AtomicBoolean over = new AtomicBoolean();

	@BeforeEach
	void start() throws Exception {
		this.listener = new TestListener(this.transport);
		this.listener.options((options) -> options.setEventLoops(1));
		this.listener.handle("ticks",
				(request, callback) -> callback.stream(new Ticks(), (ex) -> UdsReply.failed(Status.INTERNAL, "no")));
		this.listener.start();
	}

	@AfterEach
	void stop() {
		this.over.set(true);
		this.listener.close();
	}

	@Test
	void streamsOfSmallItemsKeepTheLoopFromNobody() throws Exception {
		try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(this.listener.path()));
				RawClient other = RawClient.connect(this.listener.path())) {
			for (int i = 0; i < STREAMS; i++) {
				peer.write(ByteBuffer.wrap(RawClient.bytes(new RequestFrame(2L * i + 1, "ticks", new byte[0], 0,
						Map.of(), RequestFrame.Kind.STREAM, false))));
			}
			Thread reader = new Thread(() -> readAll(peer));
			reader.start();
			// much more than may wait, so the gate has closed and opened often
			for (int mebibytes = 8; mebibytes <= 64; mebibytes += 8) {
				long enough = (long) mebibytes << 20;
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.read.get() > enough);
				assertThat(other.call("echo", "x").status()).isEqualTo(Status.OK);
			}
			peer.shutdownInput();
			reader.join();
		}
	}

	private void readAll(SocketChannel peer) {
		ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
		try {
			while (peer.read(in.clear()) >= 0) {
				this.read.addAndGet(in.position());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private final class Ticks implements ItemSource {

		private final byte[] tick = new byte[8];

		@Override
		public boolean hasNext() {
			return !ManyStreamsTests.this.over.get();
		}

		@Override
		public byte[] next() {
			return this.tick;
		}

		@Override
		public void close() {
		}

	}

}
