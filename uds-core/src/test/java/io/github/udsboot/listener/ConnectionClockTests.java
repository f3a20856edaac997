package io.github.udsboot.listener;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.listener.admission.Admission;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long a peer may take.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class ConnectionClockTests {

	private static final Duration OFF = Duration.ZERO;

	private static final Duration SHORT = Duration.ofMillis(150);

	private final TestListener listener;

	ConnectionClockTests(TransportType transport) {
		this.listener = new TestListener(transport);
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@Test
	void aPeerThatSaysNothingAtFirstIsClosed() {
		start(SHORT, OFF, OFF);
		long begun = System.nanoTime();
		try (RawClient silent = client(); RawClient proven = client()) {
			assertThat(proven.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(silent.isAtEnd()).isTrue();
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(SHORT.minusMillis(5));
			awaitClosed(CloseReason.FIRST_FRAME_TIMEOUT, 1);
			assertThat(proven.call("echo", "").status()).as("one valid frame is enough").isEqualTo(Status.OK);
		}
	}

	@Test
	void aPeerThatDripsItsFirstFrameIsClosed() {
		start(SHORT, OFF, OFF);
		try (RawClient dripper = client()) {
			drip(dripper, RawClient.request(1, "echo", new byte[5000]), CloseReason.FIRST_FRAME_TIMEOUT);
		}
	}

	@Test
	void aFrameThatTakesTooLongIsTheLastOfItsPeer() {
		start(OFF, SHORT, OFF);
		try (RawClient dripper = client(); RawClient other = client()) {
			assertThat(dripper.call("echo", "").status()).isEqualTo(Status.OK);
			drip(dripper, RawClient.request(3, "echo", new byte[5000]), CloseReason.FRAME_TIMEOUT);
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void framesThatEndInTimeMayGoOnForEver() throws Exception {
		start(OFF, SHORT, OFF);
		try (RawClient client = client()) {
			byte[] one = RawClient.request(1, "echo", new byte[10]);
			client.write(Arrays.copyOf(one, 5));
			// each write ends one frame and begins the next
			for (int i = 0; i < 30; i++) {
				byte[] last = RawClient.request(2 * i + 1, "echo", new byte[10]);
				byte[] next = RawClient.request(2 * i + 3, "echo", new byte[10]);
				client.write(RawClient.join(Arrays.copyOfRange(last, 5, last.length), Arrays.copyOf(next, 5)));
				assertThat(client.receive().streamId()).isEqualTo(2 * i + 1);
				TimeUnit.MILLISECONDS.sleep(10);
			}
			assertThat(closed(CloseReason.FRAME_TIMEOUT)).isZero();
		}
	}

	@Test
	void anIdlePeerIsClosed() {
		start(OFF, OFF, SHORT);
		try (RawClient client = client()) {
			assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(client.isAtEnd()).isTrue();
			awaitClosed(CloseReason.IDLE, 1);
		}
	}

	@Test
	void aPeerThatWaitsForAnAnswerIsNotIdle() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		this.listener.handle("hold", (request, callback) -> {
			release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		start(OFF, OFF, SHORT);
		try (RawClient client = client()) {
			client.send("hold", "");
			TimeUnit.MILLISECONDS.sleep(4 * SHORT.toMillis());
			release.countDown();
			assertThat(client.receive().status()).isEqualTo(Status.OK);
		}
		finally {
			release.countDown();
		}
	}

	@Test
	void sixtyFourDrippersDoNotHinderASixtyFifthClient() {
		start(Duration.ofSeconds(5), OFF, OFF);
		byte[] request = RawClient.request(1, "echo", new byte[20]);
		List<RawClient> drippers = new ArrayList<>();
		try {
			for (int i = 0; i < Admission.MAX_UNPROVEN; i++) {
				RawClient dripper = client();
				dripper.write(Arrays.copyOf(request, 1 + i % (request.length - 1)));
				drippers.add(dripper);
			}
			Eventually.await("all are here", () -> stats().connections() == drippers.size());
			try (RawClient client = client()) {
				assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
				Eventually.await("the oldest has given way", () -> closed(CloseReason.EVICTED) == 1);
				drippers.get(0).awaitEnd();
				assertThat(client.call("echo", "").status()).as("proven, so it stays").isEqualTo(Status.OK);
			}
			RawClient last = drippers.get(drippers.size() - 1);
			int sent = 1 + (drippers.size() - 1) % (request.length - 1);
			last.write(Arrays.copyOfRange(request, sent, request.length));
			assertThat(last.receive().status()).as("the younger ones stay").isEqualTo(Status.OK);
		}
		finally {
			drippers.forEach(RawClient::close);
		}
	}

	@Test
	void connectionsThatCameAndWentDoNotCountAmongThoseWithoutAFrame() throws Exception {
		start(Duration.ofSeconds(30), OFF, OFF);
		try (RawClient patient = client()) {
			Eventually.await("it is here", () -> stats().connections() == 1);
			for (int i = 0; i < 5 * Admission.MAX_UNPROVEN; i++) {
				try (RawClient client = client()) {
					assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
				}
				try (RawClient client = client()) {
					client.shutdownOutput();
					client.awaitEnd();
				}
			}
			Eventually.await("the others are gone", () -> stats().connections() == 1);
			assertThat(closed(CloseReason.EVICTED)).isZero();
			assertThat(patient.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	private void drip(RawClient dripper, byte[] bytes, CloseReason expected) {
		int[] sent = { 0 };
		Eventually.await("closed", () -> {
			if (closed(expected) == 0) {
				try {
					dripper.write(new byte[] { bytes[sent[0]++] });
				}
				catch (UncheckedIOException ex) {
					// closed meanwhile
				}
			}
			return closed(expected) == 1;
		});
		dripper.awaitEnd();
	}

	private void start(Duration firstFrame, Duration frame, Duration idle) {
		this.listener.options((options) -> {
			options.setEventLoops(1);
			options.setClocks(new ConnectionClocks(firstFrame, frame, Duration.ofSeconds(10), idle));
		}).start();
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
