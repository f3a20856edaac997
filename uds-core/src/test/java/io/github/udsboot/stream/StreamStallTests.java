package io.github.udsboot.stream;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.testsupport.RawPeer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who receives a stream on a connection of its own may pause for as long as the clock of
 * such streams allows, and no peer can put off the clock of calls with that.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class StreamStallTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final Duration OFF = Duration.ZERO;

	private static final Duration CLOCK = Duration.ofMillis(100);

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	private StreamListener listener;

	private void start(Duration streamStall) {
		this.listener = new StreamListener(this.directory, this.transport, (options) -> {
			options.setClocks(new ConnectionClocks(OFF, OFF, CLOCK, streamStall, OFF));
			options.setOutboundQueueSize(64 << 10);
		});
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@Test
	void theReceiverOfAStreamWithAConnectionOfItsOwnMayPause() {
		start(OFF);
		try (RawPeer pausing = peer(); RawPeer stalled = peer()) {
			pausing.write(ownStream(1, "range", "100000"));
			stalled.request(1, "range", "100000", Kind.STREAM);
			await().atMost(BOUND).until(() -> stalled() == 1);
			awaitEnd(stalled);
			assertThat(readItems(pausing)).isEqualTo(100_000);
		}
		assertThat(stalled()).isOne();
	}

	@Test
	void theClockOfSuchStreamsCanBeSet() {
		start(CLOCK);
		try (RawPeer pausing = peer()) {
			pausing.write(ownStream(1, "range", "100000"));
			await().atMost(BOUND).until(() -> stalled() == 1);
		}
	}

	@Test
	void whoAsksForMoreThanTheStreamHasTheClockOfCalls() {
		start(OFF);
		try (RawPeer peer = peer()) {
			peer.write(ownStream(1, "endless", ""));
			peer.request(3, "one", "x", Kind.UNARY);
			await().atMost(BOUND).until(() -> stalled() == 1);
		}
	}

	@Test
	void theClockOfCallsRunsAgainWhenTheStreamIsRead() {
		start(OFF);
		try (RawPeer peer = peer()) {
			peer.write(ownStream(1, "range", "10"));
			assertThat(readItems(peer)).isEqualTo(10);
			// answered, and no call of which the clock would learn
			byte[][] invalid = new byte[20_000][];
			Arrays.fill(invalid, new byte[] { 0, 0, 0, 2, 0, 0, 0, 3, 1, 0, -1, -1 });
			await().atMost(BOUND).until(() -> {
				try {
					peer.write(invalid);
				}
				catch (UncheckedIOException ex) {
					// closed
				}
				return stalled() == 1;
			});
		}
	}

	private RawPeer peer() {
		return RawPeer.connect(this.directory.resolve("test.sock"));
	}

	private static byte[] ownStream(long streamId, String route, String payload) {
		return frame(new RequestFrame(streamId, route, payload.getBytes(), 0,
				Extensions.announce(OwnConnection.mark(Map.of())), Kind.STREAM, true));
	}

	private static byte[] frame(Frame frame) {
		return RawPeer.bytes(frame);
	}

	private static int readItems(RawPeer peer) {
		int items = 0;
		while (true) {
			Frame frame = peer.receive();
			if (frame instanceof DataFrame data) {
				items += data.item() ? 1 : 0;
				if (data.last()) {
					return items;
				}
			}
			assertThat(frame).as("the stream goes on").isNotNull();
		}
	}

	private static void awaitEnd(RawPeer peer) {
		try {
			Frame frame = peer.receive();
			while (frame != null) {
				frame = peer.receive();
			}
		}
		catch (UncheckedIOException ex) {
			// reset, which is an end as well
		}
	}

	private long stalled() {
		return this.listener.container.stats().closed().getOrDefault(CloseReason.STALLED, 0L);
	}

}
