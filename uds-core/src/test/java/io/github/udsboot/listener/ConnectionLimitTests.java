package io.github.udsboot.listener;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What one peer may use.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class ConnectionLimitTests {

	private final TestListener listener;

	private final CountDownLatch release = new CountDownLatch(1);

	ConnectionLimitTests(TransportType transport) {
		this.listener = new TestListener(transport)
			.options((options) -> options.setDrainTimeout(Duration.ofSeconds(10)));
		this.listener.handle("hold", Execution.POOL, (request, callback) -> {
			this.release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
	}

	@Test
	void connectionsBeyondTheLimitAreClosedAndCounted() {
		this.listener.options((options) -> options.setMaxConnections(2)).start();
		try (RawClient second = client()) {
			try (RawClient first = client()) {
				assertThat(first.call("echo", "").status()).isEqualTo(Status.OK);
				assertThat(second.call("echo", "").status()).isEqualTo(Status.OK);
				try (RawClient third = client()) {
					third.awaitEnd();
				}
				assertThat(stats().refused()).containsEntry(RefusalReason.CONNECTIONS, 1L);
				assertThat(stats().connections()).isEqualTo(2);
				assertThat(stats().accepted()).isEqualTo(3);
			}
			Eventually.await("one has left", () -> stats().connections() == 1);
			try (RawClient next = client()) {
				assertThat(next.call("echo", "").status()).isEqualTo(Status.OK);
			}
		}
	}

	@Test
	void aPeerThatIsNotAuthorizedIsClosedBeforeItIsReadAndCounted() {
		List<Object> asked = new ArrayList<>();
		this.listener.options((options) -> options.setAuthorizer((peer) -> {
			asked.add(peer);
			return false;
		})).start();
		try (RawClient client = client()) {
			client.awaitEnd();
		}
		assertThat(asked).hasSize(1);
		assertThat(stats().refused()).containsEntry(RefusalReason.UNAUTHORIZED, 1L);
		assertThat(stats().connections()).isZero();
	}

	@Test
	void anAuthorizerThatThrowsLetsNobodyInAndTheListenerGoesOn() {
		AtomicInteger asked = new AtomicInteger();
		this.listener.options((options) -> options.setAuthorizer((peer) -> {
			if (asked.incrementAndGet() == 1) {
				throw new IllegalStateException("expected by the test");
			}
			return true;
		})).start();
		try (RawClient refused = client()) {
			refused.awaitEnd();
		}
		try (RawClient client = client()) {
			assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(stats().connections()).isOne();
		}
	}

	@Test
	void requestsBeyondTheLimitOfAConnectionAreRefusedAsNotDispatched() {
		this.listener.options((options) -> options.setMaxInFlightPerConnection(2)).start();
		try (RawClient client = client(); RawClient other = client()) {
			client.send("hold", "1");
			client.send("hold", "2");
			ResponseFrame refused = client.receiveAnswerTo(client.send("echo", "3"));
			assertThat(refused.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			assertThat(refused.undispatched()).isTrue();
			assertThat(refused.message()).contains("2");
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
			this.release.countDown();
			client.receive();
			client.receive();
			assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void requestsBeyondTheLimitOfAllConnectionsAreRefusedAsNotDispatched() {
		this.listener.options((options) -> options.setMaxInFlight(2)).start();
		try (RawClient client = client(); RawClient other = client()) {
			client.send("hold", "1");
			other.send("hold", "2");
			Eventually.await("both are accepted", () -> stats().requestsInFlight() == 2);
			ResponseFrame refused = other.receiveAnswerTo(other.send("echo", "3"));
			assertThat(refused.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			assertThat(refused.undispatched()).isTrue();
			this.release.countDown();
			client.receive();
			other.receive();
			assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(stats().requestsInFlight()).isZero();
		}
	}

	@Test
	void aPeerThatNeverReadsIsReadNoFurtherAndClosedWhileOthersAreServed() {
		AtomicInteger answered = new AtomicInteger();
		int answer = 32 << 10;
		int queue = 256 << 10;
		this.listener.options((options) -> {
			options.setOutboundQueueSize(queue);
			options.setClocks(new ConnectionClocks(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(400),
					Duration.ZERO));
		}).handle("large", (request, callback) -> {
			answered.incrementAndGet();
			callback.reply(UdsReply.ok(new byte[answer]));
		}).start();
		try (RawClient deaf = client(); RawClient other = client()) {
			int calls = 2000;
			byte[][] requests = new byte[calls][];
			for (int i = 0; i < calls; i++) {
				requests[i] = RawClient.request(2 * i + 1, "large", new byte[200]);
			}
			ByteBuffer out = ByteBuffer.wrap(RawClient.join(requests));
			Eventually.await("closed", () -> {
				try {
					deaf.writeSome(out);
				}
				catch (UncheckedIOException ex) {
					// closed
				}
				assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
				return stats().closed().getOrDefault(CloseReason.STALLED, 0L) == 1;
			});
			assertThat(out.hasRemaining()).as("the server stopped reading").isTrue();
			// the queue, what the kernel took, and the calls that were under way when the
			// queue was full
			assertThat(answered.get() * (long) answer).isLessThan(queue + (1 << 20) + 256 * answer);
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void aPeerThatReadsLateGetsEveryAnswer() {
		this.listener.options((options) -> options.setOutboundQueueSize(20_000))
			.handle("large", (request, callback) -> callback.reply(UdsReply.ok(new byte[10_000])))
			.start();
		try (RawClient client = client()) {
			int calls = 500;
			byte[][] requests = new byte[calls][];
			for (int i = 0; i < calls; i++) {
				requests[i] = RawClient.request(2 * i + 1, "large", new byte[2000]);
			}
			ByteBuffer out = ByteBuffer.wrap(RawClient.join(requests));
			Eventually.await("the server has stopped reading", () -> client.writeSome(out) == 0);
			Thread writer = new Thread(() -> Eventually.await("all is sent", () -> {
				client.writeSome(out);
				return !out.hasRemaining();
			}));
			writer.start();
			Set<Long> answered = new HashSet<>();
			for (int i = 0; i < calls; i++) {
				ResponseFrame response = client.receive();
				answered.add(response.streamId());
				assertThat(response.payload()).hasSize(10_000);
			}
			assertThat(answered).hasSize(calls);
		}
	}

	@Test
	void anAnswerLargerThanTheKernelTakesAtOnceArrivesPieceByPiece() {
		byte[] payload = new byte[3 << 20];
		new Random(1).nextBytes(payload);
		this.listener.handle("large", (request, callback) -> callback.reply(UdsReply.ok(payload))).start();
		try (RawClient client = client()) {
			client.send("large", "");
			client.send("large", "");
			assertThat(client.receive().payload()).isEqualTo(payload);
			assertThat(client.receive().payload()).isEqualTo(payload);
		}
	}

	@Test
	void aConnectionPausedByAFullQueueGoesOnWhoeverEmptiesIt() throws Exception {
		// answers come from other threads, which may empty the queue at any moment
		this.listener.options((options) -> {
			options.setOutboundQueueSize(1);
			options.setMaxInFlightPerConnection(100_000);
			options.setMaxInFlight(100_000);
		})
			.handle("pool", Execution.POOL, (request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.start();
		try (RawClient client = client()) {
			int calls = 20_000;
			byte[][] requests = new byte[calls][];
			for (int i = 0; i < calls; i++) {
				requests[i] = RawClient.request(2 * i + 1, "pool", new byte[i % 50]);
			}
			Thread writer = new Thread(() -> client.write(requests));
			writer.start();
			Set<Long> answered = new HashSet<>();
			for (int i = 0; i < calls; i++) {
				answered.add(client.receive().streamId());
			}
			assertThat(answered).hasSize(calls);
			writer.join();
		}
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	private UdsListenerStats stats() {
		return this.listener.container().stats();
	}

}
