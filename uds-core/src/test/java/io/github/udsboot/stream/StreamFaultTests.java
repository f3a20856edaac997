package io.github.udsboot.stream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.testsupport.RawPeer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Peers that break the rules of streams, or vanish from them: others are unharmed, and
 * nothing of theirs is left.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class StreamFaultTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	private StreamListener listener;

	private UdsTemplate uds;

	@BeforeEach
	void start() {
		this.listener = new StreamListener(this.directory, this.transport);
		this.uds = this.listener.client().build();
	}

	@AfterEach
	void stop() {
		this.uds.close();
		this.listener.close();
	}

	private RawPeer peer() {
		return RawPeer.connect(this.directory.resolve("test.sock"));
	}

	private static void verifyResponse(Frame frame, long streamId, Status status, String message) {
		assertThat(frame).isInstanceOfSatisfying(ResponseFrame.class, (response) -> {
			assertThat(response.streamId()).isEqualTo(streamId);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.message()).contains(message);
		});
	}

	/** A call on the same connection, and on another one. */
	private void verifyHealthy(RawPeer peer, long streamId) {
		peer.request(streamId, "one", "still here", Kind.UNARY);
		verifyResponse(peer.receive(), streamId, Status.OK, "");
		verifyOthersAreServed();
	}

	private void verifyOthersAreServed() {
		assertThat(this.uds.request("one", "x", String.class)).isEqualTo("x");
		try (Stream<Integer> numbers = this.uds.stream("range", 1_000, Integer.class)) {
			assertThat(numbers).hasSize(1_000);
		}
	}

	private void awaitNothingLeft() {
		this.uds.close();
		await().atMost(BOUND).until(this.listener::isIdle);
		await().atMost(BOUND).until(() -> this.listener.container.stats().connections() == 0);
		await().atMost(BOUND).until(() -> pumping() == 0);
		await().atMost(BOUND).until(() -> this.listener.container.stats().memoryUsed() == 0);
	}

	/** Return how many threads are within a stream's source or on the way there. */
	private static long pumping() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((stack) -> Stream.of(stack)
				.anyMatch((element) -> element.getClassName().equals(ItemPump.class.getName())))
			.count();
	}

	// --- against the protocol

	@Test
	void dataAfterTheEndOfDataIsRefused() {
		try (RawPeer peer = peer()) {
			peer.request(1, "later", "", Kind.OPEN_STREAM)
				.data(1, 0, "1")
				.data(1, RawPeer.CLOSED | RawPeer.NO_DATA, "")
				.data(1, 0, "2");
			verifyResponse(peer.receive(), 1, Status.INVALID_ARGUMENT, "no more data");
			verifyHealthy(peer, 3);
			// the handler's answer comes too late
			this.listener.handlers.answer.complete("late");
			verifyHealthy(peer, 5);
		}
		awaitNothingLeft();
	}

	@Test
	void dataAfterTheAnswerIsRefusedOrForgotten() {
		try (RawPeer peer = peer()) {
			peer.request(1, "first", "", Kind.OPEN_STREAM).data(1, 0, "word");
			verifyResponse(peer.receive(), 1, Status.OK, "");
			peer.data(1, 0, "another").request(3, "one", "still here", Kind.UNARY);
			Frame next = peer.receive();
			if (next.streamId() == 1) {
				// not if it came while the answer was just being written
				verifyResponse(next, 1, Status.INVALID_ARGUMENT, "not open");
				next = peer.receive();
			}
			verifyResponse(next, 3, Status.OK, "");
			verifyHealthy(peer, 5);
		}
		awaitNothingLeft();
	}

	@Test
	void dataThatTheHandlerWantsNoMoreIsDropped() {
		try (RawPeer peer = peer()) {
			peer.request(1, "closing", "", Kind.OPEN_STREAM).data(1, 0, "taken");
			await().atMost(BOUND).until(() -> this.listener.handlers.waiting.get() == 1);
			peer.data(1, 0, "dropped").data(1, RawPeer.CLOSED | RawPeer.NO_DATA, "");
			verifyHealthy(peer, 3);
			this.listener.handlers.answer.complete("answered");
			verifyResponse(peer.receive(), 1, Status.OK, "");
		}
		awaitNothingLeft();
	}

	@Test
	void dataOnAUnaryCallIsRefused() {
		try (RawPeer peer = peer()) {
			peer.request(1, "pending", "x", Kind.UNARY).data(1, 0, "data");
			verifyResponse(peer.receive(), 1, Status.INVALID_ARGUMENT, "not open");
			peer.request(3, "later", "1", Kind.UNARY).data(3, 0, "2");
			verifyResponse(peer.receive(), 3, Status.INVALID_ARGUMENT, "no more data");
			verifyHealthy(peer, 5);
		}
		this.listener.handlers.answer.complete("late");
		awaitNothingLeft();
	}

	@Test
	void dataOnAStreamThatWasNeverOpenedIsRefused() {
		try (RawPeer peer = peer()) {
			peer.data(7, 0, "data");
			verifyResponse(peer.receive(), 7, Status.INVALID_ARGUMENT, "");
			verifyHealthy(peer, 9);
			peer.data(3, 0, "data");
			verifyResponse(peer.receive(), 3, Status.INVALID_ARGUMENT, "not open");
			verifyHealthy(peer, 11);
		}
	}

	@Test
	void anEndThatHoldsDataEndsTheStream() {
		try (RawPeer peer = peer()) {
			peer.request(1, "sum", "", Kind.OPEN_STREAM).data(1, 0, "1");
			await().atMost(BOUND).until(() -> this.listener.handlers.taken.get() == 1);
			peer.data(1, RawPeer.CLOSED, "2");
			verifyResponse(peer.receive(), 1, Status.INVALID_ARGUMENT, "must hold no data");
			await().atMost(BOUND).until(() -> this.listener.handlers.failure.get() != null);
			verifyHealthy(peer, 3);
		}
		awaitNothingLeft();
	}

	// --- peers that leave

	@Test
	void aStreamThatIsAbandonedHalfwayIsReleasedWithItsConnection() {
		try (RawPeer peer = peer()) {
			peer.request(1, "sum", "", Kind.OPEN_STREAM).data(1, 0, "1").data(1, 0, "2");
			await().atMost(BOUND).until(() -> this.listener.handlers.taken.get() == 2);
			verifyHealthy(peer, 3);
			assertThat(this.listener.handlers.failure).hasNullValue();
			assertThat(this.listener.isIdle()).isFalse();
		}
		await().atMost(BOUND).until(() -> this.listener.handlers.failure.get() != null);
		await().atMost(BOUND).untilAsserted(() -> assertThat(this.listener.recorded).contains("sum CANCELLED"));
		awaitNothingLeft();
	}

	@Test
	void aPeerThatVanishesWithinAnItemEndsTheStream() {
		try (RawPeer peer = peer()) {
			peer.request(1, "sum", "", Kind.OPEN_STREAM).data(1, 0, "1");
			peer.write(new byte[] { 0, 0, 0, 9, 0, 0, 0, 1, RawPeer.DATA, 0, '2' });
			await().atMost(BOUND).until(() -> this.listener.handlers.taken.get() == 1);
		}
		await().atMost(BOUND).until(() -> this.listener.handlers.failure.get() != null);
		awaitNothingLeft();
	}

	@Test
	void aPeerThatVanishesWhileItIsSentItemsEndsTheStream() {
		try (RawPeer peer = peer()) {
			peer.request(1, "endless", "", Kind.STREAM);
			for (int i = 0; i < 10; i++) {
				assertThat(peer.receive()).isInstanceOf(DataFrame.class);
			}
		}
		await().atMost(BOUND).untilTrue(this.listener.handlers.closed);
		verifyOthersAreServed();
		awaitNothingLeft();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aServerThatVanishesFailsTheStream(boolean withinAnItem) throws Exception {
		try (BrokenServer server = new BrokenServer(this.directory)) {
			AtomicBoolean closed = new AtomicBoolean();
			Stream<String> endless = Stream.generate(() -> "word").onClose(() -> closed.set(true));
			try (Stream<String> answers = server.client(this.transport)
				.route("any")
				.payloads(endless)
				.stream(String.class); RawPeer peer = server.accept()) {
				peer.receive();
				peer.data(1, 0, "answer");
				if (withinAnItem) {
					peer.write(new byte[] { 0, 0, 0, 9, 0, 0, 0, 1, RawPeer.DATA, 0, '2' });
				}
				Iterator<String> iterator = answers.iterator();
				assertThat(iterator.next()).isEqualTo("answer");
				peer.vanish();
				assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(iterator::hasNext);
			}
			await().atMost(BOUND).untilTrue(closed);
			await().atMost(BOUND).until(() -> pumping() == 0);
		}
	}

	@Test
	void itemsOfAnotherStreamFailTheStream() throws Exception {
		try (BrokenServer server = new BrokenServer(this.directory)) {
			try (Stream<String> answers = server.client(this.transport).stream("any", null, String.class);
					RawPeer peer = server.accept()) {
				peer.receive();
				peer.data(1, 0, "mine").data(3, 0, "not mine");
				Iterator<String> iterator = answers.iterator();
				assertThat(iterator.next()).isEqualTo("mine");
				assertThatExceptionOfType(UdsProtocolException.class).isThrownBy(iterator::hasNext)
					.withMessageContaining("stream 3");
			}
		}
	}

	@Test
	void whatAServerSendsAfterTheEndIsNotTaken() throws Exception {
		try (BrokenServer server = new BrokenServer(this.directory)) {
			try (Stream<String> answers = server.client(this.transport).stream("any", null, String.class);
					RawPeer peer = server.accept()) {
				peer.receive();
				peer.write(RawPeer.dataFrame(1, 0, "one"), RawPeer.dataFrame(1, RawPeer.CLOSED, "two"),
						RawPeer.dataFrame(1, 0, "three"));
				assertThat(answers).containsExactly("one", "two");
			}
		}
	}

	// --- peers that want too much

	@Test
	void manySmallItemsMayComeBeforeTheHandlerHasBegun() {
		try (RawPeer peer = peer()) {
			peer.request(1, "sum", "", Kind.OPEN_STREAM);
			ByteArrayOutputStream items = new ByteArrayOutputStream();
			for (int i = 0; i < 20_000; i++) {
				items.writeBytes(RawPeer.dataFrame(1, 0, "1"));
			}
			peer.write(items.toByteArray()).data(1, RawPeer.CLOSED | RawPeer.NO_DATA, "");
			Frame answer = peer.receive();
			verifyResponse(answer, 1, Status.OK, "");
			assertThat(((ResponseFrame) answer).payload()).asString().isEqualTo("20000");
		}
		awaitNothingLeft();
	}

	@Test
	void aStreamWhoseHandlerTakesNothingEndsAtItsLimit() {
		String item = "1".repeat(1 << 20);
		try (RawPeer peer = peer()) {
			peer.request(1, "later", "", Kind.OPEN_STREAM);
			for (int i = 0; i < 16; i++) {
				peer.data(1, 0, item);
			}
			verifyResponse(peer.receive(), 1, Status.RESOURCE_EXHAUSTED, "16777216 bytes may wait");
			verifyHealthy(peer, 3);
		}
		awaitNothingLeft();
	}

	@Test
	void streamsOfOneConnectionKeepNoMoreThanTheirShareOfMemory() {
		String item = "1".repeat(1 << 20);
		try (RawPeer peer = peer()) {
			for (int stream = 1; stream <= 9; stream += 2) {
				peer.request(stream, "later", "", Kind.OPEN_STREAM);
				for (int i = 0; i < 14; i++) {
					peer.data(stream, 0, item);
				}
			}
			verifyResponse(peer.receive(), 9, Status.RESOURCE_EXHAUSTED, "67108864 for all");
			this.listener.handlers.answer.complete("answered");
			Set<Long> answered = new HashSet<>();
			while (answered.size() < 4) {
				// what came on the stream that was ended is refused as well
				ResponseFrame response = (ResponseFrame) peer.receive();
				assertThat(response.status())
					.isEqualTo((response.streamId() == 9) ? Status.INVALID_ARGUMENT : Status.OK);
				if (response.streamId() != 9) {
					answered.add(response.streamId());
				}
			}
		}
		awaitNothingLeft();
	}

	@Test
	void itemsThatWaitForHandlersShareTheListenersMemory() {
		this.listener.close();
		this.listener = new StreamListener(this.directory, this.transport, (options) -> options.setMemory(2L << 20));
		String item = "1".repeat(100 << 10);
		try (RawPeer peer = peer()) {
			peer.request(1, "later", "", Kind.OPEN_STREAM);
			for (int i = 0; i < 30; i++) {
				peer.data(1, 0, item);
			}
			verifyResponse(peer.receive(), 1, Status.RESOURCE_EXHAUSTED, "no memory for the items");
			assertThat(this.listener.container.stats().memoryUsed()).isLessThanOrEqualTo(2L << 20);
			verifyOthersAreServed();
		}
		awaitNothingLeft();
	}

	@Test
	void itemsOfAStreamOnItsOwnConnectionWaitInTheSocketWhenThereIsNoMemory() {
		this.listener.close();
		int memory = 4 << 20;
		this.listener = new StreamListener(this.directory, this.transport,
				(options) -> options.setMemory((long) memory));
		String item = "1".repeat(10 << 10);
		int items = 100;
		List<CompletableFuture<String>> answers = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			answers.add(CompletableFuture.supplyAsync(() -> this.uds.route("gated")
				.payloads(Stream.generate(() -> item).limit(items))
				.retrieve(String.class), (task) -> new Thread(task).start()));
		}
		await().atMost(BOUND).until(() -> this.listener.container.stats().memoryUsed() > memory - memory / 4);
		this.listener.handlers.blocked.countDown();
		for (CompletableFuture<String> answer : answers) {
			assertThat(answer.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(String.valueOf(items));
		}
		awaitNothingLeft();
	}

	@Test
	void aThousandStreamsOfOnePeerAreRefusedAboveTheLimitAndReleasedWithIt() {
		try (RawPeer peer = peer()) {
			for (int i = 0; i < 1_000; i++) {
				peer.request(2 * i + 1, "silent", "", Kind.STREAM);
			}
			for (int i = 256; i < 1_000; i++) {
				verifyResponse(peer.receive(), 2 * i + 1, Status.RESOURCE_EXHAUSTED, "256");
			}
			await().atMost(BOUND).until(() -> this.listener.handlers.subscribed.get() == 256);
			assertThat(this.listener.container.stats().requestsInFlight()).isEqualTo(256);
			assertThat(pumping()).isZero();
			verifyOthersAreServed();
		}
		await().atMost(BOUND).until(() -> this.listener.handlers.cancelled.get() == 256);
		awaitNothingLeft();
	}

	@Test
	void aThousandStreamsThatAreNeverReadAreBoundedAndHarmNobody() {
		int size = 16 << 10;
		try (RawPeer peer = peer()) {
			// the listener soon reads no more of a peer that does not read
			Thread writer = new Thread(() -> {
				for (int i = 0; i < 1_000; i++) {
					peer.request(2 * i + 1, "blocks", "" + size, Kind.STREAM);
				}
			});
			writer.setUncaughtExceptionHandler((thread, ex) -> {
				// it is closed while it writes
			});
			writer.setDaemon(true);
			writer.start();
			awaitPause();
			// what may wait, an item on its way for each stream, and what sockets hold
			assertThat(this.listener.handlers.produced.get() * size).isLessThan((4 << 20) + 256 * size + (2 << 20));
			assertThat(this.listener.container.stats().requestsInFlight()).isBetween(1, 256);
			verifyOthersAreServed();
		}
		awaitNothingLeft();
	}

	private void awaitPause() {
		long[] before = { 0 };
		await().atMost(BOUND).pollInterval(Duration.ofMillis(200)).until(() -> {
			long now = this.listener.handlers.produced.get();
			boolean pausing = now > 0 && now == before[0] && pumping() == 0;
			before[0] = now;
			return pausing;
		});
	}

	/** Accepts connections, and leaves them to the test. */
	private static final class BrokenServer implements AutoCloseable {

		private final Path path;

		private final ServerSocketChannel channel;

		private UdsTemplate client;

		private BrokenServer(Path directory) throws IOException {
			this.path = directory.resolve("broken.sock");
			this.channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
			this.channel.bind(UnixDomainSocketAddress.of(this.path));
		}

		private UdsTemplate client(TransportType transport) {
			this.client = UdsTemplate.builder().path(this.path.toString()).transport(transport).build();
			return this.client;
		}

		private RawPeer accept() throws IOException {
			return new RawPeer(this.channel.accept(), Side.SERVER);
		}

		@Override
		public void close() throws IOException {
			this.client.close();
			this.channel.close();
		}

	}

}
