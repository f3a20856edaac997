package io.github.udsboot.listener;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A peer that is refused is told so, and why; it reaches no handler, and the client does
 * not insist where that is of no use.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class RefusedPeerTests {

	private static final Duration BOUND = Duration.ofSeconds(30);

	/** Longer than a test lasts: who waits so long for the server is seen to wait. */
	private static final Duration LONG = Duration.ofMinutes(5);

	private final TestListener listener;

	private final AtomicInteger handled = new AtomicInteger();

	RefusedPeerTests(TransportType transport) {
		this.listener = new TestListener(transport).handle("count", (request, callback) -> {
			this.handled.incrementAndGet();
			callback.reply(UdsReply.ok(request.payload()));
		});
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	private void allowNobody() {
		this.listener.options((options) -> options.setAuthorizer((peer) -> false)).start();
	}

	private long refused(RefusalReason refusal) {
		return this.listener.container().stats().refused().get(refusal);
	}

	private String ownName() throws Exception {
		return Files.getOwner(this.listener.path()).getName();
	}

	@Test
	void callerIsToldThatItIsNotAllowedAndThatNothingWasExecuted() throws Exception {
		allowNobody();
		String user = ownName();
		try (UdsTemplate client = this.listener.client().waitForServer(LONG).timeout(LONG).build()) {
			for (int i = 1; i <= 100; i++) {
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> client.request("count", "x", String.class))
					.withMessageContaining("does not allow user " + user)
					.withMessageContaining("no handler has seen the call")
					.satisfies(RefusedPeerTests::isDenied);
				assertThat(refused(RefusalReason.UNAUTHORIZED)).as("connections, one for each call").isEqualTo(i);
			}
		}
		assertThat(this.handled).hasValue(0);
	}

	private static void isDenied(UdsRemoteException ex) {
		assertThat(ex.getStatus()).isEqualTo(Status.PERMISSION_DENIED);
		assertThat(ex.isUndispatched()).isTrue();
		assertThat(ex.getDetails()).isEmpty();
	}

	@Test
	void everyoneIsToldWhoseCallIsOnTheConnection() throws Exception {
		allowNobody();
		try (UdsTemplate client = this.listener.client().waitForServer(LONG).timeout(LONG).maxConnections(1).build()) {
			List<CompletableFuture<String>> calls = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				calls.add(client.requestAsync("count", "x".repeat(i * 10), String.class));
			}
			for (CompletableFuture<String> call : calls) {
				assertThat(call).failsWithin(BOUND)
					.withThrowableThat()
					.havingCause()
					.isInstanceOfSatisfying(UdsRemoteException.class, RefusedPeerTests::isDenied);
			}
		}
		assertThat(this.handled).hasValue(0);
	}

	@Test
	void callOfAnySizeAndAStreamAreTold() {
		allowNobody();
		try (UdsTemplate client = this.listener.client().waitForServer(LONG).timeout(LONG).build()) {
			byte[] large = new byte[3 << 20];
			assertThatExceptionOfType(UdsRemoteException.class)
				.isThrownBy(() -> client.request("count", large, byte[].class))
				.satisfies(RefusedPeerTests::isDenied);
			try (Stream<String> items = client.stream("count", "x", String.class)) {
				assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(items::toList)
					.satisfies(RefusedPeerTests::isDenied);
			}
		}
	}

	@Test
	void peerThatIsSilentIsToldInTheEnd() {
		allowNobody();
		try (RawClient silent = RawClient.connect(this.listener.path())) {
			assertThat(silent.next()).isInstanceOfSatisfying(RefusalFrame.class, (refusal) -> {
				assertThat(refusal.streamId()).isOne();
				assertThat(refusal.status()).isEqualTo(Status.PERMISSION_DENIED);
				assertThat(refusal.message()).contains("nothing of the connection was read");
			});
			assertThat(silent.isAtEnd()).isTrue();
		}
	}

	@Test
	void peerThatSendsNoFrameIsToldAllTheSame() {
		allowNobody();
		try (RawClient client = RawClient.connect(this.listener.path())) {
			client.write(new byte[] { 1, 2, 3 });
			assertThat(client.next()).isInstanceOf(RefusalFrame.class);
			assertThat(client.isAtEnd()).isTrue();
		}
		assertThat(this.listener.container().stats().closed().values()).allMatch((count) -> count == 0);
	}

	@Test
	void silentPeersDoNotPileUp() {
		this.listener.options((options) -> options.setMaxConnections(16));
		allowNobody();
		List<RawClient> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 50; i++) {
				clients.add(RawClient.connect(this.listener.path()));
			}
			// quicker than a second each, as only four may wait at once
			for (RawClient client : clients) {
				assertThat(client.next()).isInstanceOf(RefusalFrame.class);
				assertThat(client.isAtEnd()).isTrue();
			}
		}
		finally {
			clients.forEach(RawClient::close);
		}
		assertThat(refused(RefusalReason.UNAUTHORIZED)).isEqualTo(50);
	}

	@Test
	void stopDoesNotWaitForSilentPeers() {
		allowNobody();
		try (RawClient silent = RawClient.connect(this.listener.path())) {
			Eventually.await("refused", () -> refused(RefusalReason.UNAUTHORIZED) == 1);
			this.listener.container().stop();
			silent.awaitEnd();
		}
	}

	@Test
	void clientWaitsForAConnectionOfAServerThatIsFull() throws Exception {
		this.listener.options((options) -> options.setMaxConnections(1)).start();
		try (UdsTemplate waiting = this.listener.client().waitForServer(LONG).timeout(LONG).build();
				UdsTemplate impatient = this.listener.client().waitForServer(Duration.ZERO).build()) {
			CompletableFuture<String> answer;
			try (UdsTemplate first = this.listener.client().maxConnections(1).build()) {
				assertThat(first.request("count", "x", String.class)).isEqualTo("x");
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> impatient.request("count", "x", String.class))
					.withMessageContaining("no more than 1 connections")
					.satisfies((ex) -> {
						assertThat(ex.getStatus()).isEqualTo(Status.RESOURCE_EXHAUSTED);
						assertThat(ex.isUndispatched()).isTrue();
					});
				answer = waiting.requestAsync("count", "y", String.class);
				Eventually.await("refused again", () -> refused(RefusalReason.CONNECTIONS) > 3);
				assertThat(answer).isNotDone();
			}
			assertThat(answer.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("y");
		}
		assertThat(this.handled).hasValue(2);
	}

	@Test
	void furtherConnectionThatIsRefusedCostsNoCallOfTheFirst() throws Exception {
		this.listener.options((options) -> options.setMaxConnections(1)).start();
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try (UdsTemplate client = this.listener.client().maxConnections(4).build()) {
			List<Callable<String>> calls = new ArrayList<>();
			for (int i = 0; i < 2000; i++) {
				String text = "text " + i;
				calls.add(() -> client.request("count", text, String.class).equals(text) ? "" : text);
			}
			for (Future<String> call : threads.invokeAll(calls)) {
				assertThat(call.get()).isEmpty();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.handled).hasValue(2000);
	}

	@Test
	void peerOfLinesWithRoutesIsToldByALine() {
		this.listener.options((options) -> options.setProtocol(new LineProtocol().withRouting(LineRouting.FIRST_WORD)));
		allowNobody();
		try (UdsTemplate client = this.listener.client().build()) {
			assertThatExceptionOfType(UdsRemoteException.class)
				.isThrownBy(() -> client.exchange("count x", String.class))
				.withMessageContaining("does not allow")
				.withMessageContaining("nothing of the connection was read")
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.PERMISSION_DENIED));
			try (UdsSession session = client.open()) {
				assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> session.receive(String.class));
			}
		}
		assertThat(this.handled).hasValue(0);
	}

	@Test
	void clientExplainsASilentEndWhereTheProtocolHasNoWordForARefusal() {
		this.listener.messages(new RawProtocol(), (request, callback) -> {
			this.handled.incrementAndGet();
			callback.reply(UdsReply.ok("x".getBytes(StandardCharsets.UTF_8)));
		});
		allowNobody();
		try (UdsTemplate client = this.listener.client().waitForServer(Duration.ZERO).build()) {
			// the server may be quicker to close than the client to write
			assertThatExceptionOfType(UdsException.class).isThrownBy(() -> client.exchange("x", String.class))
				.withMessageContaining("does not allow this user (allowed-users)")
				.isInstanceOfAny(UdsConnectionLostException.class, UdsUnavailableException.class);
			try (UdsSession session = client.open()) {
				assertThatExceptionOfType(UdsSessionClosedException.class)
					.isThrownBy(() -> session.receive(String.class))
					.withMessageContaining("allowed-users");
			}
		}
		assertThat(this.handled).hasValue(0);
	}

}
