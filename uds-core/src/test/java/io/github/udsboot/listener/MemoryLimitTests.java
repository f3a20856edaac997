package io.github.udsboot.listener;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.GroupPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.listener.admission.PeerMemory;
import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever peers do, what is held for them stays below the listener's memory, and is
 * given back when they have gone.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class MemoryLimitTests {

	private static final long MEMORY = 8 << 20;

	private static final Duration OFF = Duration.ZERO;

	private final TestListener listener;

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger handled = new AtomicInteger();

	private final List<RawClient> clients = new ArrayList<>();

	MemoryLimitTests(TransportType transport) {
		this.listener = new TestListener(transport).options((options) -> {
			options.setMemory(MEMORY);
			options.setDrainTimeout(Duration.ofSeconds(10));
			options.setClocks(new ConnectionClocks(OFF, OFF, OFF, OFF));
		}).handle("hold", Execution.POOL, (request, callback) -> {
			this.handled.incrementAndGet();
			this.release.await();
			callback.reply(UdsReply.ok(new byte[0]));
		}).handle("later", Execution.POOL, (request, callback) -> {
			this.handled.incrementAndGet();
			this.release.await();
			callback.reply(UdsReply.ok(new byte[1 << 20]));
		}).handle("large", (request, callback) -> callback.reply(UdsReply.ok(new byte[1 << 20])));
	}

	@AfterEach
	void everythingIsGivenBack() {
		this.release.countDown();
		this.clients.forEach(RawClient::close);
		Eventually.await("all is given back", () -> stats().connections() == 0 && stats().memoryUsed() == 0);
		this.listener.close();
	}

	@Test
	void aLargeFrameTakesMemoryAsItArrives() {
		this.listener.start();
		byte[] large = RawClient.request(1, "echo", new byte[1 << 20]);
		RawClient client = client();
		client.write(Arrays.copyOf(large, 5_000));
		Eventually.await("its beginning is there", () -> stats().memoryUsed() > PeerMemory.CONNECTION_BYTES);
		assertThat(stats().memoryUsed()).isLessThan(256 << 10);
		client.write(Arrays.copyOfRange(large, 5_000, large.length));
		assertThat(client.receive().payload()).hasSize(1 << 20);
		Eventually.await("the frame is not held any more",
				() -> stats().memoryUsed() <= 2 * PeerMemory.CONNECTION_BYTES);
	}

	@Test
	void connectionsWithoutAFirstFrameAreReadNoFurtherThanTheirShareAndOthersAreServed() {
		this.listener.start();
		RawClient good = client();
		assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
		// their share is what one of the largest frames needs while it grows
		long share = Math.min(MEMORY / 2, 8 << 20);
		byte[] large = RawClient.request(1, "echo", new byte[1 << 20]);
		List<ByteBuffer> rest = new ArrayList<>();
		for (int i = 0; i < 32; i++) {
			client();
			rest.add(ByteBuffer.wrap(large, 0, large.length - 1));
		}
		Eventually.await("some is not read", () -> {
			boolean written = false;
			for (int i = 0; i < rest.size(); i++) {
				written |= writeSome(this.clients.get(i + 1), rest.get(i)) > 0;
			}
			assertThat(stats().memoryUsed()).isLessThanOrEqualTo(share + 64 * PeerMemory.CONNECTION_BYTES);
			assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
			return !written;
		});
		assertThat(rest).anyMatch(ByteBuffer::hasRemaining);
		// and in the end one has to go, so that the others get on
		Eventually.await("one has to go", () -> closed(CloseReason.MEMORY) > 0);
		assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
	}

	private static int writeSome(RawClient client, ByteBuffer bytes) {
		try {
			return client.writeSome(bytes);
		}
		catch (UncheckedIOException ex) {
			// it had to go
			return 0;
		}
	}

	@Test
	void aRequestForWhichThereIsNoMemoryIsRefusedAndNotExecuted() {
		this.listener.options((options) -> options.setMaxInFlightPerConnection(4096)).start();
		RawClient greedy = client();
		// frames so small need no memory of their own: no connection waits for some
		int size = 4096;
		int calls = 2000;
		Thread writer = new Thread(() -> {
			for (int i = 0; i < calls; i++) {
				greedy.send("hold", new byte[size]);
			}
		});
		writer.start();
		ResponseFrame refused = greedy.receive();
		assertThat(refused.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
		assertThat(refused.undispatched()).isTrue();
		assertThat(refused.message()).contains(String.valueOf(MEMORY), "quarter");
		RawClient good = client();
		assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
		assertThat(stats().memoryUsed()).isLessThanOrEqualTo(MEMORY);
		this.release.countDown();
		int answered = 0;
		for (int i = 1; i < calls; i++) {
			if (greedy.receive().status() == Status.OK) {
				answered++;
			}
		}
		assertThat(answered).isEqualTo(this.handled.get()).isPositive();
		Eventually.await("there is memory again", () -> stats().memoryUsed() <= 3 * PeerMemory.CONNECTION_BYTES);
		assertThat(greedy.call("hold", "").status()).isEqualTo(Status.OK);
	}

	@Test
	void ofPeersThatDoNotReadTheirAnswersTheOneThatHoldsMostIsClosed() {
		this.listener.options((options) -> options.setOutboundQueueSize(1 << 30)).start();
		RawClient good = client();
		RawClient small = client();
		RawClient large = client();
		for (int i = 0; i < 3; i++) {
			small.send("large", "");
		}
		Eventually.await("they wait", () -> stats().memoryUsed() > 2 << 20);
		for (int i = 0; i < 12; i++) {
			large.send("later", "");
		}
		Eventually.await("they are with their handlers", () -> this.handled.get() == 12);
		this.release.countDown();
		Eventually.await("one is closed", () -> closed(CloseReason.MEMORY) == 1);
		large.awaitEnd();
		assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
		for (int i = 0; i < 3; i++) {
			assertThat(small.receive().payload()).hasSize(1 << 20);
		}
		assertThat(closed(CloseReason.MEMORY)).isOne();
	}

	@Test
	void manyPeersThatDoNotReadTheirAnswersHoldLittleMoreThanThereIs() {
		this.listener.handle("some", (request, callback) -> callback.reply(UdsReply.ok(new byte[64 << 10]))).start();
		byte[][] requests = new byte[100][];
		for (int i = 0; i < requests.length; i++) {
			requests[i] = RawClient.request(2 * i + 1, "some", new byte[0]);
		}
		byte[] lot = RawClient.join(requests);
		long most = 0;
		RawClient good = client();
		for (int i = 0; i < 32; i++) {
			client().write(lot);
			most = Math.max(most, stats().memoryUsed());
		}
		for (int i = 0; i < 200; i++) {
			assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
			most = Math.max(most, stats().memoryUsed());
		}
		assertThat(most).isBetween(MEMORY / 2, 2 * MEMORY);
	}

	@Test
	void anUnreadConnectionHoldsNoMoreInTinyAnswersThanItsQueueMay() {
		notReading(RawClient.request(1, "echo", new byte[0]), 256 << 10);
	}

	@Test
	void anUnreadConnectionHoldsNoMoreInRefusalsThanItsQueueMay() {
		notReading(RawClient.request(1, "no.such.route", new byte[0]), 256 << 10);
	}

	@Test
	void aConnectionThatSendsPingsAndReadsNoPongIsReadNoFurther() {
		notReading(RawClient.bytes(new PingFrame(1, 1, false)), 256 << 10);
	}

	private void notReading(byte[] frame, int queue) {
		this.listener.options((options) -> {
			options.setOutboundQueueSize(queue);
			options.setMaxInFlightPerConnection(100_000);
			options.setMaxInFlight(100_000);
		}).start();
		RawClient deaf = client();
		deaf.write(RawClient.announcing(1, "echo", OFF));
		byte[][] frames = new byte[2_000][];
		Arrays.fill(frames, frame);
		ByteBuffer lot = ByteBuffer.wrap(RawClient.join(frames));
		RawClient good = client();
		int[] idle = { 0 };
		Eventually.await("it is read no further", () -> {
			if (!lot.hasRemaining()) {
				lot.rewind();
			}
			idle[0] = (deaf.writeSome(lot) == 0) ? idle[0] + 1 : 0;
			assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
			// what one read brings is answered yet
			assertThat(stats().memoryUsed()).isLessThan(queue + (1 << 20));
			return idle[0] > 100;
		});
	}

	@Test
	void itemsThatAHandlerDoesNotTakeAreCounted() {
		LineProtocol line = new LineProtocol();
		this.listener.conversations(line, Execution.POOL, (request, callback) -> {
			this.release.await();
			callback.reply(UdsReply.ok(new byte[0]));
		}).start();
		RawClient client = client();
		// all of them are handled in the end, which takes half a million empty lines too
		// long
		ByteBuffer lot = ByteBuffer.wrap(("x".repeat(63) + "\n").repeat(8 << 10).getBytes(StandardCharsets.US_ASCII));
		Eventually.await("they are counted", () -> {
			client.writeSome(lot);
			return stats().memoryUsed() > PeerMemory.CONNECTION_BYTES;
		});
		assertThat(stats().memoryUsed()).isLessThan(MEMORY);
	}

	@Test
	void aConnectionForWhichThereIsNoMemoryIsRefusedAndToldWhy() {
		this.listener.options((options) -> options.setMemory(1L << 20)).start();
		byte[] lot = RawClient.request(1, "hold", new byte[(1 << 20) - 40_000]);
		RawClient greedy = client();
		greedy.write(lot);
		ResponseFrame refused = greedy.receive();
		assertThat(refused.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
	}

	@Test
	void anotherUserGetsAQuarterAndFramesThatFitIt() {
		PeerMemory memory = new PeerMemory(MEMORY, FrameLimits.DEFAULTS, false,
				(peer) -> peer.user().getName().equals("us"));
		PeerCredentials us = credentials("us");
		PeerCredentials other = credentials("other");
		assertThat(memory.frameLimits(us).maxFrameSize()).isEqualTo(MEMORY / 4);
		assertThat(memory.frameLimits(other).maxFrameSize()).isEqualTo(MEMORY / 8);
		MemoryAccount account = memory.open(other);
		assertThat(account).isNotNull();
		account.prove();
		assertThat(account.tryReserve(MEMORY / 4)).isFalse();
		assertThat(account.tryReserve(MEMORY / 4 - PeerMemory.CONNECTION_BYTES)).isTrue();
		MemoryAccount ours = memory.open(us);
		assertThat(ours).isNotNull();
		ours.prove();
		assertThat(ours.tryReserve(MEMORY / 2)).isTrue();
		this.listener.start();
	}

	private static PeerCredentials credentials(String name) {
		User user = new User(name);
		return new PeerCredentials(user, user, null, null, null);
	}

	private RawClient client() {
		RawClient client = RawClient.connect(this.listener.path());
		this.clients.add(client);
		return client;
	}

	private UdsListenerStats stats() {
		return this.listener.container().stats();
	}

	private long closed(CloseReason reason) {
		return stats().closed().getOrDefault(reason, 0L);
	}

	private record User(String name) implements GroupPrincipal {

		@Override
		public String getName() {
			return this.name;
		}

	}

}
