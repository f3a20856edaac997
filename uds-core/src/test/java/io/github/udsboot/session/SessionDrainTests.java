package io.github.udsboot.session;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.testsupport.TextPeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How much time sessions have when their listener stops, and who is told.
 */
@Timeout(120)
class SessionDrainTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final Duration SHORT = Duration.ofMillis(200);

	/** Far more than a socket takes. */
	private static final int LARGE = 2 << 20;

	private static final String STOPS = "ERR UNAVAILABLE The server stops\n";

	private final TestListener listener = new TestListener();

	private final CountDownLatch release = new CountDownLatch(1);

	private final BlockingQueue<UdsSession> handled = new LinkedBlockingQueue<>();

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
	}

	private TestListener timeouts(Duration calls, Duration sessions) {
		return this.listener.options((options) -> {
			options.setDrainTimeout(calls);
			options.setDrainStreamTimeout(sessions);
		});
	}

	private CompletableFuture<Void> stopping() {
		CompletableFuture<Void> stop = CompletableFuture.runAsync(this.listener.container()::stop);
		Awaitility.await().atMost(BOUND).until(() -> !Files.exists(this.listener.path()));
		return stop;
	}

	private TextPeer peer() {
		return TextPeer.connect(this.listener.path());
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void aConversationEndsWhenItsTimeIsOverAndItsHandlerIsToldWhy(Execution execution) throws Exception {
		timeouts(LONG, SHORT).conversations(new LineProtocol(), execution, (request, callback) -> {
			try {
				request.session().send("name?");
				request.session().receive(String.class, LONG);
			}
			catch (RuntimeException ex) {
				this.failure.set(ex);
				throw ex;
			}
		}).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("hello\n").read(6)).isEqualTo("name?\n");
			CompletableFuture<Void> stop = stopping();
			assertThat(peer.readAll()).isEqualTo(STOPS);
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
		assertThat(this.failure.get()).isInstanceOf(UdsSessionClosedException.class)
			.hasMessageMatching(".*'test' (stops|has stopped).*");
	}

	/** Its connection is one that a drain does not see any more. */
	@Test
	void aConversationWhosePeerDidNotReadAndWasClosedEndsWhenItsTimeIsOver() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		timeouts(LONG, SHORT).options((options) -> options
			.setClocks(new ConnectionClocks(Duration.ZERO, Duration.ZERO, Duration.ofMillis(100), Duration.ZERO)));
		this.listener.conversations(new LineProtocol(), Execution.POOL, (request, callback) -> {
			try {
				while (true) {
					request.session().send("x".repeat(100_000));
				}
			}
			catch (UdsSessionClosedException ex) {
				closed.countDown();
			}
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				this.failure.set(ex);
			}
			callback.reply(UdsReply.silence());
		}).start();
		try (TextPeer peer = peer()) {
			peer.send("hello\n");
			assertThat(closed.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
			Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().connections() == 0);
			this.listener.container().drain().get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
		assertThat(this.failure.get()).isInstanceOf(InterruptedException.class);
		assertThat(this.listener.container().stats().requestsInFlight()).isZero();
	}

	@Test
	void aConversationThatEndsInTimeIsNotDisturbed() throws Exception {
		timeouts(LONG, LONG).conversations(new LineProtocol(), Execution.POOL, (request, callback) -> {
			request.session().send("name?");
			String name = request.session().receive(String.class, LONG);
			callback.reply(UdsReply.ok(("Hello, " + name + "!").getBytes(StandardCharsets.UTF_8)));
		}).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("hello\n").read(6)).isEqualTo("name?\n");
			CompletableFuture<Void> stop = stopping();
			peer.send("Ada\n");
			assertThat(peer.readAll()).isEqualTo("Hello, Ada!\n");
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void aHandlerThatPushesWithoutEndIsEndedWhenItsTimeIsOver() throws Exception {
		timeouts(LONG, SHORT).conversations(new LineProtocol(), Execution.POOL, (request, callback) -> {
			try {
				while (true) {
					request.session().send("tick");
					this.release.await(1, TimeUnit.MILLISECONDS);
				}
			}
			catch (UdsSessionClosedException | InterruptedException ex) {
				this.failure.set(ex);
			}
			callback.reply(UdsReply.silence());
		}).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("x\n").read(5)).isEqualTo("tick\n");
			CompletableFuture<Void> stop = stopping();
			// a message that is just being sent may follow
			assertThat(peer.readAll()).contains("tick\n" + STOPS);
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
		assertThat(this.failure.get()).isNotNull();
	}

	@Test
	void aCallWithoutASessionHasTheTimeOfCallsAndSoHaveThoseBehindIt() throws Exception {
		CountDownLatch over = new CountDownLatch(1);
		timeouts(LONG, SHORT).messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			this.handled.add(request.session());
			this.release.await();
			callback.reply(UdsReply.ok(request.payload()));
		}).sessionListener(new UdsSessionListener() {

			@Override
			public void sessionDraining(UdsSession session) {
				over.countDown();
			}

		}).start();
		try (TextPeer peer = peer()) {
			peer.send("one\ntwo\n");
			assertThat(this.handled.poll(20, TimeUnit.SECONDS)).isNotNull();
			CompletableFuture<Void> stop = stopping();
			assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(stop.isDone() || this.release.await(2 * SHORT.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
			this.release.countDown();
			assertThat(peer.readAll()).isEqualTo("one\ntwo\n");
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
	}

	private TestListener largeAnswers() {
		byte[] answer = new byte[LARGE];
		Arrays.fill(answer, (byte) 'a');
		return timeouts(LONG, SHORT).messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			callback.reply(UdsReply.ok(answer));
			this.handled.add(request.session());
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aMessageThatComesTooLateIsRefusedBehindTheAnswersThatAreOwed(boolean conversation) throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		timeouts(LONG, LONG).options((options) -> options.setEventLoops(1));
		TestListener.Handler handler = (request, callback) -> {
			begun.countDown();
			this.release.await();
			callback.reply(UdsReply.ok(request.payload()));
		};
		(conversation ? this.listener.conversations(new LineProtocol(), Execution.POOL, handler)
				: this.listener.messages(new LineProtocol(), Execution.POOL, handler))
			.start();
		try (TextPeer peer = peer(); TextPeer idle = peer()) {
			peer.send("first\n");
			assertThat(begun.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
			Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().connections() == 2);
			CompletableFuture<Void> stop = stopping();
			// the loop has come to the drain of its youngest connection, and of this one
			assertThat(idle.readAll()).isEmpty();
			// more than may wait for an answer
			int late = 1_000;
			peer.send("late\n".repeat(late));
			goesOn(stop);
			this.release.countDown();
			assertThat(peer.readAll())
				.isEqualTo("first\n" + "ERR UNAVAILABLE The server takes no more messages\n".repeat(late));
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
	}

	/** Longer than what is cut off may take for its last words. */
	private static void goesOn(CompletableFuture<Void> stop) {
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> stop.get(1_500, TimeUnit.MILLISECONDS));
	}

	@Test
	void theAnswerOfACallIsWrittenToAPeerThatTakesItsTimeToRead() throws Exception {
		largeAnswers().start();
		try (TextPeer peer = peer()) {
			peer.send("x\n");
			assertThat(this.handled.poll(20, TimeUnit.SECONDS)).isNotNull();
			CompletableFuture<Void> stop = stopping();
			goesOn(stop);
			assertThat(peer.readAll()).hasSize(LARGE + 1);
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void callsThatWaitUntilThePeerHasReadTheAnswersBeforeAreAnsweredAsWell() throws Exception {
		largeAnswers().start();
		try (TextPeer peer = peer()) {
			peer.send("x\n");
			assertThat(this.handled.poll(20, TimeUnit.SECONDS)).isNotNull();
			peer.send("y\nz\n");
			CompletableFuture<Void> stop = stopping();
			goesOn(stop);
			assertThat(peer.readAll()).hasSize(3 * (LARGE + 1));
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void halfAMessageHasTheTimeOfCallsToBecomeAWholeOne() throws Exception {
		timeouts(LONG, SHORT)
			.messages(new LineProtocol(), (request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("one\ntw").read(4)).isEqualTo("one\n");
			CompletableFuture<Void> stop = stopping();
			goesOn(stop);
			peer.send("o\n");
			assertThat(peer.readAll()).isEqualTo("ERR UNAVAILABLE The server takes no more messages\n");
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void pushesWithoutEndDoNotFollowTheAnswerOfACallForLonger() throws Exception {
		largeAnswers().options((options) -> options.setOutboundQueueSize(64 << 20)).start();
		try (TextPeer peer = peer()) {
			peer.send("x\n");
			UdsSession session = this.handled.poll(20, TimeUnit.SECONDS);
			assertThat(session).isNotNull();
			CompletableFuture<Void> stop = stopping();
			Awaitility.await()
				.atMost(BOUND)
				.untilAsserted(() -> assertThatExceptionOfType(UdsSessionClosedException.class)
					.isThrownBy(() -> session.send("tick")));
			assertThat(stop).isNotDone();
			assertThat(peer.readAll()).hasSizeGreaterThan(LARGE);
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void listenersAreToldOfTheDrainAndMaySayGoodbye(Execution execution) {
		List<String> told = new CopyOnWriteArrayList<>();
		timeouts(LONG, LONG)
			.messages(new LineProtocol(), execution,
					(request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.options((options) -> options.setExecution(execution))
			.sessionListener(new UdsSessionListener() {

				@Override
				public void sessionOpened(UdsSession session) {
					told.add("opened");
				}

				@Override
				public void sessionDraining(UdsSession session) {
					told.add("draining " + session.isOpen());
					session.send("bye");
				}

				@Override
				public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
					told.add("closed " + reason);
				}

			})
			.start();
		try (TextPeer peer = peer()) {
			peer.send("x\n").read(2);
			this.listener.container().stop();
			assertThat(peer.readAll()).isEqualTo("bye\n");
		}
		assertThat(told).containsExactly("opened", "draining false", "closed STOPPED");
	}

	@Test
	void aListenerThatIsToldDoesNotHoldUpTheStop() throws Exception {
		timeouts(LONG, SHORT)
			.messages(new LineProtocol(), (request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.sessionListener(new UdsSessionListener() {

				@Override
				public void sessionDraining(UdsSession session) {
					try {
						SessionDrainTests.this.release.await();
					}
					catch (InterruptedException ex) {
						SessionDrainTests.this.failure.set(ex);
					}
				}

			})
			.start();
		try (TextPeer peer = peer()) {
			peer.send("x\n").read(2);
			stopping().get(BOUND.toSeconds(), TimeUnit.SECONDS);
			assertThat(peer.readAll()).isEmpty();
		}
		Awaitility.await().atMost(BOUND).until(() -> this.failure.get() != null);
	}

	@Test
	void aSessionWhoseListenersAreStillToldOfItsOpeningIsToldOfTheDrainThen() throws Exception {
		CountDownLatch opening = new CountDownLatch(1);
		List<String> told = new CopyOnWriteArrayList<>();
		timeouts(LONG, LONG).messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			// never called
		}).options((options) -> options.setExecution(Execution.POOL)).sessionListener(new UdsSessionListener() {

			@Override
			public void sessionOpened(UdsSession session) {
				opening.countDown();
				try {
					SessionDrainTests.this.release.await();
				}
				catch (InterruptedException ex) {
					told.add("interrupted");
				}
				told.add("opened");
			}

			@Override
			public void sessionDraining(UdsSession session) {
				told.add("draining");
				session.send("bye");
			}

		}).start();
		try (TextPeer peer = peer()) {
			assertThat(opening.await(20, TimeUnit.SECONDS)).isTrue();
			CompletableFuture<Void> stop = stopping();
			this.release.countDown();
			assertThat(peer.readAll()).isEqualTo("bye\n");
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
		assertThat(told).containsExactly("opened", "draining");
	}

	@Test
	void whereNothingIsWaitedForEveryMessageIsAnsweredAtOnce() throws Exception {
		timeouts(Duration.ZERO, LONG).messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			this.handled.add(request.session());
			this.release.await();
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (TextPeer peer = peer()) {
			peer.send("one\ntwo\n");
			assertThat(this.handled.poll(20, TimeUnit.SECONDS)).isNotNull();
			CompletableFuture<Void> stop = stopping();
			assertThat(peer.readAll()).startsWith(STOPS);
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
	}

}
