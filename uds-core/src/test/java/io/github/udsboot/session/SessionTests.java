package io.github.udsboot.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConverter;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.testsupport.TextPeer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What sessions do on either side.
 */
class SessionTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final TestListener listener = new TestListener();

	private final BlockingQueue<UdsSession> sessions = new LinkedBlockingQueue<>();

	private final List<String> seen = new CopyOnWriteArrayList<>();

	@AfterEach
	void stop() {
		this.listener.close();
	}

	// --- the listener's side

	@Test
	void linesAreAnsweredInOrderOnOneConnection() {
		line(Execution.AUTO, SessionTests::echo).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("one\ntwo\r\nthr").read(8)).isEqualTo("one\ntwo\n");
			assertThat(peer.send("ee\n").read(6)).isEqualTo("three\n");
		}
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void aMessageWaitsForTheAnswerToTheOneBefore(Execution execution) {
		BlockingQueue<CompletableFuture<Void>> turns = new LinkedBlockingQueue<>();
		line(execution, (request, callback) -> {
			this.seen.add(text(request));
			CompletableFuture<Void> turn = new CompletableFuture<>();
			turns.add(turn);
			turn.thenRun(() -> callback.reply(UdsReply.ok(request.payload())));
		}).start();
		try (TextPeer peer = peer()) {
			peer.send("one\ntwo\nthree\n");
			for (String expected : List.of("one", "two", "three")) {
				CompletableFuture<Void> turn = take(turns);
				assertThat(this.seen).as("only the one whose turn it is").endsWith(expected);
				assertThat(turns).isEmpty();
				turn.complete(null);
				assertThat(peer.read(expected.length() + 1)).isEqualTo(expected + "\n");
			}
		}
		assertThat(this.seen).containsExactly("one", "two", "three");
	}

	@Test
	void theGreetingComesBeforeAnythingIsRead() {
		line(Execution.AUTO, SessionTests::echo).options((options) -> options.setGreeting("hello\r\n")).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.read(7)).isEqualTo("hello\r\n");
			assertThat(peer.send("x\n").read(2)).isEqualTo("x\n");
		}
	}

	@Test
	void aHandlerWithNothingToSayWritesNothing() {
		line(Execution.AUTO, (request, callback) -> {
			this.seen.add(text(request));
			callback.reply(text(request).isEmpty() ? UdsReply.ok(new byte[0]) : UdsReply.silence());
		}).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("note\n\n").endOutput().readAll()).as("an empty answer is an empty line")
				.isEqualTo("\n");
		}
		assertThat(this.seen).containsExactly("note", "");
	}

	@Test
	void aHandlerCanPushNowAndLater() throws Exception {
		line(Execution.AUTO, (request, callback) -> {
			request.session().send("first");
			this.sessions.add(request.session());
			callback.reply(UdsReply.silence());
		}).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("subscribe\n").read(6)).isEqualTo("first\n");
			UdsSession session = take(this.sessions);
			session.send("later");
			assertThat(peer.read(6)).isEqualTo("later\n");
			assertThat(session.isOpen()).isTrue();
			assertThat(session.getName()).isEqualTo("test");
			assertThat(session.getPeer().user()).isNotNull();
			session.close();
			assertThat(peer.readAll()).isEmpty();
			Awaitility.await().atMost(BOUND).until(() -> !session.isOpen());
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.send("more"))
				.withMessageContaining("by this side")
				.withMessageContaining(this.listener.path().toString())
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNAVAILABLE));
		}
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void aHandlerCanReceiveWhatFollowsItself(Execution execution) {
		line(execution, (request, callback) -> {
			UdsSession session = request.session();
			session.send("name?");
			String name = session.receive(String.class, BOUND);
			session.send("colour?");
			String colour = session.receive(String.class, BOUND);
			callback.reply(UdsReply.ok((name + " likes " + colour).getBytes(StandardCharsets.UTF_8)));
		}).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("hi\n").read(6)).isEqualTo("name?\n");
			assertThat(peer.send("Ada\nblue\n").read(8)).isEqualTo("colour?\n");
			assertThat(peer.read(15)).isEqualTo("Ada likes blue\n");
			assertThat(peer.send("hi\n").read(6)).as("the next one starts over").isEqualTo("name?\n");
		}
	}

	@Test
	void whatIsReceivedTooLateGoesToTheHandler() throws Exception {
		line(Execution.AUTO, (request, callback) -> {
			this.seen.add(text(request));
			this.sessions.add(request.session());
			callback.reply(UdsReply.silence());
		}).start();
		try (TextPeer peer = peer()) {
			peer.send("start\n");
			UdsSession session = take(this.sessions);
			assertThatExceptionOfType(UdsDeadlineExceededException.class)
				.isThrownBy(() -> session.receive(String.class, Duration.ofMillis(1)));
			peer.send("next\n");
			take(this.sessions);
			assertThat(this.seen).containsExactly("start", "next");
		}
	}

	@Test
	void routesAreFirstWordsAndErrorsAreLines() {
		this.listener.options((options) -> options.setProtocol(new LineProtocol().withRouting(LineRouting.FIRST_WORD)))
			.handle("fail", (request, callback) -> callback.reply(UdsReply.failed(Status.NOT_FOUND, "no such thing")))
			.handle("break", (request, callback) -> {
				throw new IllegalStateException("expected by the test");
			})
			.start();
		try (TextPeer peer = peer()) {
			peer.send("echo Ada Lovelace\necho\nnope x\nfail\nbreak\n".getBytes(StandardCharsets.UTF_8));
			peer.send(new byte[] { 'e', 'c', 'h', 'o', ' ', (byte) 0xff, '\n' });
			String text = peer.send("echo end\n").endOutput().readAll();
			assertThat(text.lines()).satisfiesExactly((line) -> assertThat(line).isEqualTo("Ada Lovelace"),
					(line) -> assertThat(line).isEmpty(),
					(line) -> assertThat(line).isEqualTo("ERR UNIMPLEMENTED There is no route 'nope'"),
					(line) -> assertThat(line).isEqualTo("ERR NOT_FOUND no such thing"),
					(line) -> assertThat(line).startsWith("ERR INTERNAL").doesNotContain("expected"),
					(line) -> assertThat(line).startsWith("ERR INVALID_ARGUMENT"),
					(line) -> assertThat(line).isEqualTo("end"));
		}
	}

	@Test
	void aLineThatIsTooLongIsRefusedAndTheNextOneIsServed() {
		line(Execution.AUTO, SessionTests::echo)
			.options((options) -> options.setFrameLimits(new FrameLimits(1000, 0, 0, 255)))
			.start();
		try (TextPeer peer = peer()) {
			String text = peer.send("x".repeat(100_000) + "\nnext\n").endOutput().readAll();
			assertThat(text).matches("ERR RESOURCE_EXHAUSTED [^\n]*1000[^\n]*\nnext\n");
		}
	}

	@Test
	void whatWasSentBeforeTheHangUpIsHandled() {
		CountDownLatch release = new CountDownLatch(1);
		line(Execution.POOL, (request, callback) -> {
			release.await();
			this.seen.add(text(request));
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		StringBuilder orders = new StringBuilder();
		for (int i = 0; i < 2000; i++) {
			orders.append("order ").append(i).append('\n');
		}
		try (TextPeer peer = peer()) {
			peer.send(orders.toString());
		}
		// the peer is gone and reads no answer: every write fails from here on
		release.countDown();
		Awaitility.await().atMost(BOUND).until(() -> this.seen.size() == 2000);
		assertThat(String.join("\n", this.seen) + "\n").isEqualTo(orders.toString());
		Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().connections() == 0);
	}

	@Test
	void halfALineAtTheEndDoesNotRun() {
		line(Execution.AUTO, SessionTests::echo).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("whole\ndelete ever").endOutput().readAll())
				.matches("whole\nERR INVALID_ARGUMENT [^\n]*no end[^\n]*\n");
		}
		Awaitility.await()
			.atMost(BOUND)
			.until(() -> this.listener.container().stats().closed().get(CloseReason.TRUNCATED) == 1);
	}

	@Test
	void afterAHalfCloseWhatIsOwedIsStillWritten() {
		CompletableFuture<Void> go = new CompletableFuture<>();
		line(Execution.AUTO, (request, callback) -> {
			this.sessions.add(request.session());
			go.thenRun(() -> {
				request.session().send("pushed");
				callback.reply(UdsReply.ok(request.payload()));
			});
		}).start();
		try (TextPeer peer = peer()) {
			peer.send("late\n").endOutput();
			UdsSession session = take(this.sessions);
			Awaitility.await().atMost(BOUND).until(() -> !session.isOpen());
			go.complete(null);
			assertThat(peer.readAll()).isEqualTo("pushed\nlate\n");
		}
	}

	@Test
	void rawChunksAreAnsweredAndTheConnectionClosed() {
		this.listener.messages(new RawProtocol(), SessionTests::echo).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("你好").readAll()).isEqualTo("你好");
		}
	}

	@Test
	void rawConnectionsCanBeKept() {
		this.listener.messages(new RawProtocol(), SessionTests::echo)
			.options((options) -> options.setKeepAlive(true))
			.start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("one").read(3)).isEqualTo("one");
			assertThat(peer.send("two").read(3)).isEqualTo("two");
			assertThat(peer.endOutput().readAll()).isEmpty();
		}
	}

	@Test
	void aRawHandlerThatFailsClosesTheConnection() {
		this.listener.messages(new RawProtocol(), (request, callback) -> {
			throw new IllegalStateException("expected by the test");
		}).options((options) -> options.setKeepAlive(true)).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("one").readAll()).isEmpty();
		}
	}

	@Test
	void listenersSeeSessionsOpenAndClose() {
		line(Execution.AUTO, SessionTests::echo).options((options) -> options.setGreeting("hello"))
			.sessionListener(new UdsSessionListener() {

				@Override
				public void sessionOpened(UdsSession session) {
					SessionTests.this.seen.add("opened " + session.getId());
					session.getAttributes().put("greeted", true);
					session.send("welcome");
				}

				@Override
				public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
					SessionTests.this.seen.add("closed " + session.getId() + " " + reason);
					assertThat(session.getAttributes()).containsEntry("greeted", true);
				}

			})
			.start();
		String id;
		try (TextPeer peer = peer()) {
			assertThat(peer.read(14)).isEqualTo("hello\nwelcome\n");
			assertThat(peer.send("x\n").read(2)).isEqualTo("x\n");
			id = this.seen.get(0).substring("opened ".length());
		}
		Awaitility.await().atMost(BOUND).until(() -> this.seen.size() == 2);
		assertThat(this.seen).containsExactly("opened " + id, "closed " + id + " PEER_CLOSED");
	}

	@Test
	void nothingIsHandledBeforeTheListenersHaveSeenTheSession() {
		CountDownLatch release = new CountDownLatch(1);
		line(Execution.AUTO, (request, callback) -> {
			this.seen.add(text(request));
			callback.reply(UdsReply.ok(request.payload()));
		}).sessionListener(new UdsSessionListener() {

			@Override
			public void sessionOpened(UdsSession session) {
				SessionTests.this.sessions.add(session);
				awaitLatch(release);
				SessionTests.this.seen.add("opened");
			}

			@Override
			public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
				SessionTests.this.seen.add("closed");
			}

		}).start();
		try (TextPeer peer = peer()) {
			peer.send("early\n").endOutput();
			take(this.sessions);
			release.countDown();
			assertThat(peer.readAll()).isEqualTo("early\n");
		}
		Awaitility.await().atMost(BOUND).until(() -> this.seen.size() == 3);
		assertThat(this.seen).containsExactly("opened", "early", "closed");
	}

	@Test
	void aStopTellsTheListenersOfEverySession() {
		line(Execution.AUTO, SessionTests::echo).sessionListener(new UdsSessionListener() {

			@Override
			public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
				SessionTests.this.seen.add(reason);
			}

		}).start();
		try (TextPeer one = peer(); TextPeer two = peer()) {
			one.send("x\n").read(2);
			two.send("x\n").read(2);
			this.listener.container().stop();
			assertThat(this.seen).containsExactly("STOPPED", "STOPPED");
			assertThat(one.readAll()).isEmpty();
			assertThat(two.readAll()).isEmpty();
		}
	}

	@Test
	void aDrainEndsAHandlerThatPushesWhileItsSessionIsOpen() {
		line(Execution.AUTO, (request, callback) -> {
			for (int i = 0; request.session().isOpen(); i++) {
				request.session().send("tick " + i);
				Thread.sleep(1);
			}
			callback.reply(UdsReply.ok("over".getBytes(StandardCharsets.UTF_8)));
		}).start();
		try (TextPeer peer = peer()) {
			assertThat(peer.send("clock\n").read(14)).isEqualTo("tick 0\ntick 1\n");
			this.listener.container().drain();
			assertThat(peer.readAll()).endsWith("over\n");
		}
	}

	// --- the client's side

	@Test
	void aClientSendsAndReceives() {
		line(Execution.AUTO, SessionTests::echo).options((options) -> options.setGreeting("hello")).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			assertThat(session.receive(String.class)).isEqualTo("hello");
			session.send("world!");
			assertThat(session.receive(String.class, Duration.ofSeconds(10))).isEqualTo("world!");
			session.send(new Point(1, 2));
			assertThat(session.receive(Point.class)).isEqualTo(new Point(1, 2));
			session.send("no JSON");
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(() -> session.receive(Point.class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INTERNAL))
				.withMessageContaining("not valid JSON");
			session.send("");
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(() -> session.receive(Point.class))
				.withMessageContaining("empty");
			session.send("still there");
			assertThat(session.receive(byte[].class)).asString(StandardCharsets.UTF_8).isEqualTo("still there");
		}
	}

	@Test
	void aConverterThatFailsCostsOneMessage() {
		line(Execution.AUTO, SessionTests::echo).start();
		PayloadConverter broken = PayloadConverter.builder().converter(new MessageConverter() {

			@Override
			public @Nullable Object fromMessage(Message<?> message, Class<?> targetClass) {
				if (targetClass == Point.class) {
					throw new StackOverflowError("too deep");
				}
				return null;
			}

			@Override
			public @Nullable Message<?> toMessage(Object payload, @Nullable MessageHeaders headers) {
				throw new IllegalStateException("broken");
			}

		}).build();
		try (UdsTemplate client = this.listener.client().converter(broken).build();
				UdsSession session = client.open()) {
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(() -> session.send(new Point(1, 2)))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INVALID_ARGUMENT))
				.withMessageContaining("broken");
			session.send("text");
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(() -> session.receive(Point.class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INTERNAL))
				.withMessageContaining("too deep");
			session.send("still there");
			assertThat(session.receive(String.class)).isEqualTo("still there");
		}
	}

	@Test
	void whatCannotBeSentCostsNothing() {
		line(Execution.AUTO, SessionTests::echo).start();
		try (UdsTemplate client = this.listener.client().frameLimits(new FrameLimits(100, 0, 0, 255)).build();
				UdsSession session = client.open()) {
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(() -> session.send("two\nlines"))
				.withMessageContaining("was not sent");
			assertThatExceptionOfType(UdsLimitExceededException.class).isThrownBy(() -> session.send("x".repeat(101)))
				.withMessageContaining("100");
			session.send("good");
			assertThat(session.receive(String.class)).isEqualTo("good");
		}
	}

	@Test
	void aReceiveThatTimesOutLosesNothing() throws Exception {
		line(Execution.AUTO, (request, callback) -> {
			this.sessions.add(request.session());
			callback.reply(UdsReply.silence());
		}).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			session.send("x");
			UdsSession other = take(this.sessions);
			assertThatExceptionOfType(UdsDeadlineExceededException.class)
				.isThrownBy(() -> session.receive(String.class, Duration.ZERO));
			assertThatExceptionOfType(UdsDeadlineExceededException.class)
				.isThrownBy(() -> session.receive(String.class, Duration.ofMillis(5)));
			other.send("late");
			assertThat(session.receive(String.class, BOUND)).isEqualTo("late");
		}
	}

	@Test
	void aReceiveMayWaitForEver() {
		Duration forEver = ChronoUnit.FOREVER.getDuration();
		line(Execution.AUTO, SessionTests::echo).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			session.send("one");
			assertThat(session.receive(String.class, forEver)).isEqualTo("one");
		}
	}

	@Test
	void whatHadArrivedCanBeReceivedAfterTheEnd() throws Exception {
		line(Execution.AUTO, (request, callback) -> {
			request.session().send("one");
			request.session().send("two");
			request.session().close();
			callback.reply(UdsReply.silence());
		}).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			session.send("x");
			Awaitility.await().atMost(BOUND).until(() -> !session.isOpen());
			assertThat(session.receive(String.class)).isEqualTo("one");
			assertThat(session.receive(String.class)).isEqualTo("two");
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.receive(String.class))
				.withMessageContaining("by the peer");
			// a peer that has only ended its output would still read
			Awaitility.await()
				.atMost(BOUND)
				.untilAsserted(() -> assertThatExceptionOfType(UdsSessionClosedException.class)
					.isThrownBy(() -> session.send("more")));
		}
	}

	@Test
	void aCloseWakesWhoeverReceives() throws Exception {
		line(Execution.AUTO, SessionTests::echo).start();
		try (UdsTemplate client = this.listener.client().build()) {
			UdsSession session = client.open();
			CompletableFuture<Throwable> outcome = new CompletableFuture<>();
			Thread receiver = new Thread(() -> {
				try {
					session.receive(String.class, BOUND);
				}
				catch (UdsException ex) {
					outcome.complete(ex);
				}
			});
			receiver.start();
			Awaitility.await().atMost(BOUND).until(() -> receiver.getState() == Thread.State.TIMED_WAITING);
			session.close();
			assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(UdsSessionClosedException.class);
		}
	}

	@Test
	void anInterruptEndsTheWaitAndNothingElse() throws Exception {
		line(Execution.AUTO, SessionTests::echo).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			CompletableFuture<Throwable> outcome = new CompletableFuture<>();
			Thread receiver = new Thread(() -> {
				try {
					session.receive(String.class, BOUND);
				}
				catch (UdsException ex) {
					outcome.complete(Thread.currentThread().isInterrupted() ? ex : new AssertionError(ex));
				}
			});
			receiver.start();
			Awaitility.await().atMost(BOUND).until(() -> receiver.getState() == Thread.State.TIMED_WAITING);
			receiver.interrupt();
			assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(UdsCancelledException.class);
			session.send("alive");
			assertThat(session.receive(String.class)).isEqualTo("alive");
		}
	}

	@Test
	void errorLinesAreFailuresWhereRoutesAreAgreedUponAndDataElsewhere() {
		this.listener.options((options) -> options.setProtocol(new LineProtocol().withRouting(LineRouting.FIRST_WORD)))
			.start();
		try (UdsTemplate routed = this.listener.client().build();
				UdsTemplate plain = this.listener.client().protocol(new LineProtocol()).build();
				UdsSession session = routed.open()) {
			session.send("nope");
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> session.receive(String.class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
			session.send("echo x");
			assertThat(session.receive(String.class)).isEqualTo("x");
			assertThat(plain.exchange("nope", String.class)).startsWith("ERR UNIMPLEMENTED");
		}
	}

	@Test
	void theClientCanEndItsOutputAndReadOn() {
		line(Execution.AUTO, SessionTests::echo).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			session.send("last");
			session.shutdownOutput();
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.send("more"))
				.withMessageContaining("this side has ended its output");
			assertThat(session.receive(String.class)).isEqualTo("last");
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.receive(String.class));
		}
	}

	@Test
	void whatWasSentBeforeTheCloseArrives() {
		line(Execution.AUTO, (request, callback) -> {
			this.seen.add(text(request));
			callback.reply(UdsReply.silence());
		}).start();
		try (UdsTemplate client = this.listener.client().build()) {
			try (UdsSession session = client.open()) {
				for (int i = 0; i < 1000; i++) {
					session.send("message " + i + "x".repeat(1000));
				}
			}
		}
		Awaitility.await().atMost(BOUND).until(() -> this.seen.size() == 1000);
		assertThat(this.seen.get(999)).startsWith("message 999x");
	}

	private TestListener line(Execution execution, TestListener.Handler handler) {
		return this.listener.messages(new LineProtocol(), execution, handler);
	}

	private TextPeer peer() {
		return TextPeer.connect(this.listener.path());
	}

	private static void echo(UdsRequest request, UdsReplyCallback callback) {
		callback.reply(UdsReply.ok(request.payload()));
	}

	private static String text(UdsRequest request) {
		return new String(request.payload(), StandardCharsets.UTF_8);
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static <T> T take(BlockingQueue<T> queue) {
		try {
			T value = queue.poll(20, TimeUnit.SECONDS);
			assertThat(value).as("came in time").isNotNull();
			return value;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Point(int x, int y) {

	}

}
