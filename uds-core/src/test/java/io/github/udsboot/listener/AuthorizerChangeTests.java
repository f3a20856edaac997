package io.github.udsboot.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Who may stay changes while a listener runs.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class AuthorizerChangeTests {

	private static final PeerAuthorizer NOBODY = (peer) -> false;

	private final TestListener listener;

	AuthorizerChangeTests(TransportType transport) {
		this.listener = new TestListener(transport).options((options) -> options
			.setClocks(new ConnectionClocks(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO)));
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	private UdsListenerContainer container() {
		return this.listener.container();
	}

	private long closed() {
		return container().stats().closed().get(CloseReason.UNAUTHORIZED);
	}

	@Test
	void callsOfAPeerThatIsNotAllowedAnyMoreAreCancelledAndItsNextCallIsRefused() {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		this.listener.handle("wait", Execution.POOL, (request, callback) -> {
			inside.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				callback.reply(UdsReply.ok(request.payload()));
			}
		}).start();
		try (UdsTemplate client = this.listener.client().maxConnections(1).build()) {
			CompletableFuture<String> call = client.requestAsync("wait", "x", String.class);
			Eventually.await(inside);
			container().setAuthorizer(NOBODY);
			assertThat(call).failsWithin(Callers.BOUND)
				.withThrowableThat()
				.withCauseInstanceOf(UdsConnectionLostException.class);
			Eventually.await(interrupted);
			Eventually.await("counted", () -> closed() == 1);
			assertThatExceptionOfType(UdsRemoteException.class)
				.isThrownBy(() -> client.request("echo", "x", String.class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.PERMISSION_DENIED));
			Eventually.await("counted out", () -> container().stats().requestsInFlight() == 0);
			container().setAuthorizer(null);
			assertThat(client.request("echo", "x", String.class)).isEqualTo("x");
		}
	}

	@Test
	void othersNoticeNothing() {
		this.listener.options((options) -> options.setEventLoops(1)).start();
		try (RawClient first = RawClient.connect(this.listener.path());
				RawClient second = RawClient.connect(this.listener.path())) {
			first.call("echo", "x");
			second.call("echo", "x");
			AtomicInteger asked = new AtomicInteger();
			// the first in the order of the loop
			container().setAuthorizer((peer) -> asked.incrementAndGet() != 1);
			assertThat(first.isAtEnd()).isTrue();
			assertThat(second.call("echo", "y").status()).isEqualTo(Status.OK);
			Eventually.await("counted", () -> closed() == 1);
			assertThat(container().stats().connections()).isOne();
		}
	}

	@Test
	void aSessionEnds() {
		this.listener
			.messages(new LineProtocol(), (request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			session.send("x");
			assertThat(session.receive(String.class)).isEqualTo("x");
			container().setAuthorizer(NOBODY);
			Eventually.await("it ends", () -> !session.isOpen());
			Eventually.await("counted", () -> closed() == 1);
		}
	}

	@Test
	void aConnectThatTheFormerAuthorizerIsDecidingOnDoesNotStay() throws Exception {
		AtomicBoolean change = new AtomicBoolean();
		AtomicReference<Throwable> failure = new AtomicReference<>();
		this.listener.options((options) -> {
			options.setEventLoops(2);
			options.setAuthorizer((peer) -> {
				if (change.get()) {
					Thread other = new Thread(() -> container().setAuthorizer(NOBODY));
					other.start();
					try {
						other.join();
					}
					catch (InterruptedException ex) {
						failure.set(ex);
					}
				}
				return true;
			});
		}).start();
		try (RawClient first = RawClient.connect(this.listener.path())) {
			first.call("echo", "x");
			change.set(true);
			// goes to the other loop
			try (RawClient second = RawClient.connect(this.listener.path())) {
				assertThat(second.isAtEnd()).isTrue();
				assertThat(first.isAtEnd()).isTrue();
			}
		}
		assertThat(failure).hasValue(null);
		Eventually.await("both are counted", () -> closed() == 2);
	}

	/** With so few that none gives way to another. */
	@RepeatedTest(50)
	void aRefusedPeerThatConnectsDuringTheChangeDoesNotStay() throws Exception {
		this.listener.start();
		List<RawClient> clients = Collections.synchronizedList(new ArrayList<>());
		AtomicBoolean stop = new AtomicBoolean();
		List<Thread> connecting = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			Thread thread = new Thread(() -> {
				while (!stop.get() && clients.size() < 50) {
					clients.add(RawClient.connect(this.listener.path()));
				}
			});
			thread.start();
			connecting.add(thread);
		}
		try {
			Eventually.await("some are in", () -> container().stats().connections() > 10);
			container().setAuthorizer(NOBODY);
			int before = clients.size();
			Eventually.await("some more have come", () -> clients.size() > before + 3 || clients.size() >= 50);
			stop.set(true);
			for (Thread thread : connecting) {
				thread.join();
			}
			Eventually.await("all are out", () -> container().stats().connections() == 0
					&& closed() + container().stats().refused().get(RefusalReason.UNAUTHORIZED) == clients.size());
		}
		finally {
			stop.set(true);
			clients.forEach(RawClient::close);
		}
	}

	@RepeatedTest(50)
	void theLastOfConcurrentChangesCounts() throws Exception {
		this.listener.start();
		try (RawClient client = RawClient.connect(this.listener.path())) {
			client.call("echo", "x");
			List<Thread> changing = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Thread thread = new Thread(() -> {
					for (int j = 0; j < 50; j++) {
						container().setAuthorizer((peer) -> true);
					}
				});
				thread.start();
				changing.add(thread);
			}
			for (Thread thread : changing) {
				thread.join();
			}
			assertThat(client.call("echo", "y").status()).isEqualTo(Status.OK);
			container().setAuthorizer(NOBODY);
			assertThat(client.isAtEnd()).isTrue();
		}
	}

	@Test
	void itIsKeptForTheNextStartAndCanBeSetBeforeTheFirst() {
		this.listener.start();
		container().stop();
		container().setAuthorizer(NOBODY);
		this.listener.start();
		assertThat(container().getOptions().getAuthorizer()).isSameAs(NOBODY);
		try (RawClient client = RawClient.connect(this.listener.path())) {
			client.write(new byte[1]);
			client.awaitEnd();
		}
		assertThat(container().stats().refused()).containsEntry(RefusalReason.UNAUTHORIZED, 1L);
	}

	@Test
	void anAbstractNameIsNeverOpenToAll() {
		UdsListenerContainer container = new UdsListenerContainer(
				new UdsListenerOptions("test", UdsAddress.of("@uds-test")), () -> {
					throw new IllegalStateException("Not to be started");
				}, CallRecorder.NONE, null);
		assertThatIllegalArgumentException().isThrownBy(() -> container.setAuthorizer(PeerAuthorizer.acceptAll()))
			.withMessageContaining("An abstract name has no permissions");
		container.setAuthorizer(null);
	}

}
