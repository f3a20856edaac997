package io.github.udsboot.listener;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.LoggedLines;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Peers that leave, lie or flood.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class PeerFaultTests {

	@RegisterExtension
	final LoggedLines log = new LoggedLines();

	private final TestListener listener;

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger held = new AtomicInteger();

	PeerFaultTests(TransportType transport) {
		this.listener = new TestListener(transport)
			.options((options) -> options.setDrainTimeout(Duration.ofSeconds(10)));
		this.listener.handle("hold", (request, callback) -> {
			this.held.incrementAndGet();
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
	void connectAndCloseIsNoErrorAndLeavesNoLineInTheLog() {
		this.listener.start();
		for (int i = 0; i < 50; i++) {
			client().close();
		}
		Eventually.await("all are gone", () -> closed(CloseReason.PEER_CLOSED) == 50);
		assertThat(this.log.warnings()).isEmpty();
		assertThat(stats().connections()).isZero();
	}

	@Test
	void aPeerThatEndsItsOutputAfterARequestStillGetsTheReply() {
		this.listener.start();
		try (RawClient client = client()) {
			client.send("hold", "answer me");
			client.shutdownOutput();
			Eventually.await("it runs", () -> this.held.get() == 1);
			this.release.countDown();
			assertThat(client.receive().payload()).asString().isEqualTo("answer me");
			assertThat(client.isAtEnd()).isTrue();
		}
		awaitClosed(CloseReason.PEER_CLOSED, 1);
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void aPeerThatEndsItsOutputAfterManyRequestsGetsAllReplies() {
		this.listener
			.handle("pool", Execution.POOL, (request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.start();
		try (RawClient client = client()) {
			for (int i = 0; i < 100; i++) {
				client.send((i % 2 == 0) ? "echo" : "pool", "" + i);
			}
			client.shutdownOutput();
			for (int i = 0; i < 100; i++) {
				assertThat(client.receive().status()).isEqualTo(Status.OK);
			}
			assertThat(client.isAtEnd()).isTrue();
		}
	}

	@Test
	void aPeerThatVanishesAtAnyByteOfAFrameIsCountedAndHarmsNobody() {
		this.listener.start();
		byte[] request = RawClient.request(1, "echo", "payload".getBytes());
		try (RawClient other = client()) {
			for (int sent = 1; sent < request.length; sent++) {
				try (RawClient client = client()) {
					client.write(Arrays.copyOf(request, sent));
				}
			}
			Eventually.await("all are counted", () -> closed(CloseReason.TRUNCATED) == request.length - 1);
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(stats().connections()).isOne();
			assertThat(stats().requestsInFlight()).isZero();
		}
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void aPeerThatVanishesWithinALargeFrameIsCounted() {
		this.listener.start();
		byte[] request = RawClient.request(1, "echo", new byte[300_000]);
		for (int sent : new int[] { 4096, 20_000, 140_000, request.length - 1 }) {
			try (RawClient client = client()) {
				client.write(Arrays.copyOf(request, sent));
			}
		}
		Eventually.await("all are counted", () -> closed(CloseReason.TRUNCATED) == 4);
	}

	@Test
	void aPeerThatVanishesWithoutReadingItsAnswerIsNormalLifeEvenWhileItIsPolled() {
		// the loop polls the connection when the reset comes
		this.listener.options((options) -> {
			options.setEventLoops(1);
			options.setBusyPoll(Duration.ofMillis(500));
		}).start();
		for (int i = 1; i <= 3; i++) {
			int gone = i;
			try (RawClient client = client()) {
				client.send("echo", "");
				Eventually.await("the answer is there", () -> !client.hasReceivedNothing());
			}
			Eventually.await("gone", () -> closed(CloseReason.PEER_CLOSED) == gone);
		}
		assertThat(this.log.warnings()).isEmpty();
		try (RawClient client = client()) {
			assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void aPeerThatVanishesBeforeItsAnswerIsAnIoErrorAndLeavesNoLineInTheLog() {
		this.listener.start();
		try (RawClient client = client()) {
			client.send("hold", "");
			Eventually.await("it runs", () -> this.held.get() == 1);
			client.send("echo", "");
		}
		this.release.countDown();
		Eventually.await("gone", () -> stats().connections() == 0);
		assertThat(this.log.warnings()).isEmpty();
		assertThat(stats().requestsInFlight()).isZero();
	}

	@Test
	void aMalformedFrameCostsItsOwnConnectionOnly() {
		this.listener.start();
		try (RawClient bad = client(); RawClient good = client()) {
			assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
			bad.send("echo", "valid");
			assertThat(bad.receive().status()).isEqualTo(Status.OK);
			bad.write(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 });
			assertThat(bad.isAtEnd()).isTrue();
			assertThat(good.call("echo", "").status()).isEqualTo(Status.OK);
		}
		awaitClosed(CloseReason.PROTOCOL_ERROR, 1);
	}

	@Test
	void answersBeforeAMalformedFrameAreDelivered() {
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient.join(RawClient.request(1, "echo", new byte[3]), new byte[] { 1, 2, 3 }));
			assertThat(client.receive().streamId()).isEqualTo(1);
			client.awaitEnd();
		}
	}

	@Test
	void aFloodOfUnknownRoutesLeavesOneLineInTheLog() {
		this.listener.start();
		try (RawClient client = client()) {
			for (int i = 0; i < 200; i++) {
				ResponseFrame response = client.call("no.such\u2028route", "");
				assertThat(response.status()).isEqualTo(Status.UNIMPLEMENTED);
				assertThat(response.undispatched()).isTrue();
			}
		}
		assertThat(this.log.warnings()).hasSizeBetween(1, 5);
		assertThat(this.log.warnings().get(0)).contains("'no.such?route'");
	}

	@Test
	void aFloodOfRefusedConnectionsLeavesOneLineInTheLog() {
		this.listener.options((options) -> options.setAuthorizer((peer) -> false)).start();
		for (int i = 0; i < 100; i++) {
			try (RawClient client = client()) {
				client.write(new byte[] { 1 });
				assertThat(client.next()).isInstanceOf(RefusalFrame.class);
			}
		}
		assertThat(this.log.warnings()).hasSizeBetween(1, 5);
	}

	@Test
	void aFloodOfMalformedConnectionsLeavesOneLineInTheLog() {
		this.listener.start();
		for (int i = 0; i < 100; i++) {
			try (RawClient client = client()) {
				client.write(new byte[] { 1 });
				client.awaitEnd();
			}
		}
		awaitClosed(CloseReason.PROTOCOL_ERROR, 100);
		assertThat(this.log.warnings()).hasSizeBetween(1, 5);
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	private void awaitClosed(CloseReason reason, int count) {
		Eventually.await(count + " closed: " + reason, () -> closed(reason) == count);
	}

	private long closed(CloseReason reason) {
		return stats().closed().getOrDefault(reason, 0L);
	}

	private UdsListenerStats stats() {
		return this.listener.container().stats();
	}

}
