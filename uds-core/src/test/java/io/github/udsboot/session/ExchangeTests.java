package io.github.udsboot.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.ParameterizedTypeReference;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.ReadUntil;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What an exchange, one message out and one back, ends with.
 */
class ExchangeTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private TestListener listener = new TestListener();

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@Test
	void linesShareAConnectionOneAfterTheOther() {
		this.listener.messages(new LineProtocol(), ExchangeTests::echo).start();
		try (UdsTemplate client = this.listener.client().build()) {
			for (int i = 0; i < 100; i++) {
				assertThat(client.exchange("message " + i, String.class)).isEqualTo("message " + i);
			}
			assertThat(client.exchange(List.of(1, 2), new ParameterizedTypeReference<List<Integer>>() {
			})).containsExactly(1, 2);
			assertThat(client.getConnectionFactory().stats().connects()).isEqualTo(1);
			assertThat(client.getConnectionFactory().stats().connections()).isEqualTo(1);
			assertThat(client.getConnectionFactory().stats().requestsInFlight()).isZero();
		}
	}

	@Test
	void rawExchangesHaveAConnectionEach() {
		this.listener.messages(new RawProtocol(), ExchangeTests::echo).start();
		try (UdsTemplate client = this.listener.client().build()) {
			for (int i = 0; i < 10; i++) {
				assertThat(client.exchange("你好 " + i, String.class)).isEqualTo("你好 " + i);
			}
			assertThat(client.getConnectionFactory().stats().connects()).isEqualTo(10);
			Awaitility.await().atMost(BOUND).until(() -> client.getConnectionFactory().stats().connections() == 0);
		}
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void twoHundredAtOnceGetTheirOwnAnswers(TransportType transport) throws Exception {
		this.listener.close();
		this.listener = new TestListener(transport);
		this.listener.messages(new RawProtocol(), ExchangeTests::echo).start();
		try (UdsTemplate raw = this.listener.client().build()) {
			List<Callable<String>> calls = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				String message = "message " + i;
				calls.add(() -> raw.exchange(message, String.class).equals(message) ? "" : message);
			}
			ExecutorService threads = Executors.newFixedThreadPool(200);
			try {
				for (Future<String> outcome : threads.invokeAll(calls)) {
					assertThat(outcome.get()).isEmpty();
				}
			}
			finally {
				threads.shutdownNow();
			}
		}
	}

	@Test
	void theAnswerMayComeInPartsToTheEnd() {
		this.listener.messages(new RawProtocol(), (request, callback) -> {
			for (String part : List.of("你", "", "好", "x".repeat(300_000))) {
				request.session().send(part);
			}
			callback.reply(UdsReply.silence());
		}).start();
		try (UdsTemplate client = this.listener.client().readUntil(ReadUntil.EOF).build();
				UdsTemplate narrow = this.listener.client()
					.readUntil(ReadUntil.EOF)
					.frameLimits(new FrameLimits(100_000, 0, 0, 255))
					.build()) {
			assertThat(client.exchange("x", String.class)).isEqualTo("你好" + "x".repeat(300_000));
			assertThatExceptionOfType(UdsException.class).isThrownBy(() -> narrow.exchange("x", String.class))
				.withMessageContaining("100000");
		}
	}

	@Test
	void anAnswerThatIsLateLosesTheConnectionAndNotTheNextAnswer() {
		BlockingQueue<UdsReplyCallback> held = new LinkedBlockingQueue<>();
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			if (text(request).equals("slow")) {
				held.add(callback);
			}
			else {
				echo(request, callback);
			}
		}).start();
		try (UdsTemplate client = this.listener.client().build()) {
			assertThatExceptionOfType(UdsDeadlineExceededException.class)
				.isThrownBy(() -> client.exchange("slow", String.class, Duration.ofMillis(50)))
				.withMessageContaining("may have been received")
				.withMessageContaining(this.listener.path().toString());
			held.remove().reply(UdsReply.ok("late".getBytes(StandardCharsets.UTF_8)));
			assertThat(client.exchange("next", String.class)).isEqualTo("next");
		}
	}

	@Test
	void aConnectionThatBreaksIsReportedAsPerhapsReceived() {
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			request.session().close();
			callback.reply(UdsReply.silence());
		}).start();
		try (UdsTemplate client = this.listener.client().build()) {
			assertThatExceptionOfType(UdsConnectionLostException.class)
				.isThrownBy(() -> client.exchange("x", String.class))
				.withMessageContaining("may have been received");
		}
	}

	@Test
	void aRestartOfTheServerGoesUnnoticed() {
		AtomicInteger handled = new AtomicInteger();
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			handled.incrementAndGet();
			echo(request, callback);
		}).start();
		try (UdsTemplate client = this.listener.client().build()) {
			for (int i = 1; i <= 20; i++) {
				assertThat(client.exchange("x", String.class)).isEqualTo("x");
				assertThat(handled).hasValue(i);
				this.listener.container().stop();
				this.listener.start();
			}
		}
	}

	@Test
	void anExchangeWaitsForAServerThatIsNotThereYet() throws Exception {
		this.listener.messages(new LineProtocol(), ExchangeTests::echo);
		try (UdsTemplate client = this.listener.client().build();
				UdsTemplate impatient = this.listener.client().waitForServer(Duration.ZERO).build()) {
			assertThatExceptionOfType(UdsUnavailableException.class)
				.isThrownBy(() -> impatient.exchange("x", String.class))
				.withMessageContaining("nothing was sent");
			assertThatExceptionOfType(UdsUnavailableException.class).isThrownBy(impatient::open);
			CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> client.exchange("x", String.class));
			Awaitility.await().atMost(BOUND).until(() -> client.getConnectionFactory().stats().connectFailures() > 1);
			this.listener.start();
			assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("x");
		}
	}

	@Test
	void anInterruptedExchangeIsCancelled() throws Exception {
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			if (!text(request).equals("never")) {
				echo(request, callback);
			}
		}).options((options) -> options.setDrainTimeout(Duration.ZERO)).start();
		try (UdsTemplate client = this.listener.client().build()) {
			CompletableFuture<Throwable> outcome = new CompletableFuture<>();
			Thread caller = new Thread(() -> {
				try {
					client.exchange("never", String.class);
				}
				catch (UdsException ex) {
					outcome.complete(ex);
				}
			});
			caller.start();
			Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().requestsInFlight() == 1);
			caller.interrupt();
			assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(UdsCancelledException.class);
			assertThat(client.exchange("next", String.class)).isEqualTo("next");
		}
	}

	@Test
	void noMoreThanTheGivenNumberIsUnderWay() throws Exception {
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		this.listener.messages(new RawProtocol(), io.github.udsboot.annotation.Execution.POOL, (request, callback) -> {
			most.accumulateAndGet(now.incrementAndGet(), Math::max);
			Thread.sleep(2);
			now.decrementAndGet();
			echo(request, callback);
		}).start();
		try (UdsTemplate client = this.listener.client().maxConnections(3).build()) {
			ExecutorService threads = Executors.newFixedThreadPool(16);
			try {
				List<Callable<String>> calls = new ArrayList<>();
				for (int i = 0; i < 64; i++) {
					calls.add(() -> client.exchange("x", String.class));
				}
				for (Future<String> outcome : threads.invokeAll(calls)) {
					assertThat(outcome.get()).isEqualTo("x");
				}
			}
			finally {
				threads.shutdownNow();
			}
		}
		assertThat(most.get()).isBetween(1, 3);
	}

	@Test
	void failuresAreTypedAndRecorded() {
		AtomicReference<String> recorded = new AtomicReference<>();
		CallRecorder recorder = (route, status, nanos) -> recorded.set(route + " " + status);
		this.listener.options((options) -> options.setProtocol(new LineProtocol().withRouting(LineRouting.FIRST_WORD)))
			.handle("none", (request, callback) -> callback.reply(UdsReply.failed(Status.NOT_FOUND, "no such order")))
			.start();
		try (UdsTemplate client = this.listener.client().recorder(recorder).build()) {
			assertThat(client.exchange("echo x", String.class)).isEqualTo("x");
			assertThat(recorded.get()).isEqualTo("NONE OK");
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> client.exchange("none", String.class))
				.withMessageContaining("no such order")
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.NOT_FOUND));
			assertThat(recorded.get()).isEqualTo("NONE NOT_FOUND");
			assertThat(client.getConnectionFactory().stats().connects()).as("a failure costs no connection")
				.isEqualTo(1);
		}
	}

	@Test
	void anAnswerThatIsNoUtf8IsAProtocolFailure() {
		this.listener
			.messages(new RawProtocol(),
					(request, callback) -> callback.reply(UdsReply.ok(new byte[] { 'a', (byte) 0xff, '\n' })))
			.start();
		try (UdsTemplate client = this.listener.client().protocol(new LineProtocol()).build()) {
			assertThatExceptionOfType(UdsProtocolException.class).isThrownBy(() -> client.exchange("x", String.class));
		}
	}

	@Test
	void eachKindOfProtocolSaysWhatItHasNot() {
		this.listener.start();
		try (UdsTemplate calls = this.listener.client().build();
				UdsTemplate messages = this.listener.client().protocol(new LineProtocol()).name("node").build()) {
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> calls.exchange("x", String.class))
				.withMessageContaining("'ttrpc'")
				.withMessageContaining("request");
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(calls::open);
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> messages.request("echo", "x", String.class))
				.withMessageContaining("'node'")
				.withMessageContaining("'line'")
				.withMessageContaining("exchange");
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> messages.requestAsync("echo", "x", String.class));
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> messages.send("echo", "x"));
		}
		assertThatIllegalArgumentException().isThrownBy(() -> this.listener.client().keepAlive(true).build())
			.withMessageContaining("keep-alive");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.listener.client()
				.protocol(new LineProtocol())
				.keepAlive(true)
				.readUntil(ReadUntil.EOF)
				.build())
			.withMessageContaining("read-until");
	}

	@Test
	void aClosedClientFailsTyped() {
		this.listener.messages(new LineProtocol(), ExchangeTests::echo).start();
		UdsTemplate client = this.listener.client().build();
		UdsSession session = client.open();
		client.close();
		assertThatExceptionOfType(UdsException.class).isThrownBy(() -> session.send("x"));
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(() -> client.exchange("x", String.class));
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(client::open);
	}

	private static void echo(UdsRequest request, UdsReplyCallback callback) {
		callback.reply(UdsReply.ok(request.payload()));
	}

	private static String text(UdsRequest request) {
		return new String(request.payload(), StandardCharsets.UTF_8);
	}

}
