package io.github.udsboot.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;

import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.interop.ProcessResources;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.testsupport.TextPeer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Sessions with peers that send much, read little, or are many.
 */
class SessionPressureTests {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private static final int MESSAGES = 10_000;

	private TestListener listener = new TestListener();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.listener.close();
	}

	@ParameterizedTest
	@CsvSource({ "JDK,INLINE,20", "JDK,INLINE,2000", "JDK,POOL,20", "JUNIXSOCKET,INLINE,20", "JUNIXSOCKET,POOL,2000",
			"JDK,POOL,2000", "JUNIXSOCKET,INLINE,2000", "JDK,VIRTUAL,20", "JDK,VIRTUAL,2000",
			"JUNIXSOCKET,VIRTUAL,2000" })
	void bothSidesPushAtOnceAndEverythingArrivesInOrder(TransportType transport, Execution execution, int length)
			throws Exception {
		assumeTrue(execution != Execution.VIRTUAL || JRE.currentVersionNumber() >= 21, "Java has no virtual threads");
		AsyncTaskExecutor threads = (execution == Execution.VIRTUAL) ? new VirtualThreadTaskExecutor()
				: new TaskExecutorAdapter(this.threads);
		use(transport);
		List<String> atListener = new ArrayList<>();
		CompletableFuture<List<String>> received = new CompletableFuture<>();
		this.listener.messages(new LineProtocol(), execution, (request, callback) -> {
			if (atListener.isEmpty()) {
				threads.execute(() -> push(request.session(), "down", length));
			}
			atListener.add(text(request));
			if (atListener.size() == MESSAGES) {
				received.complete(atListener);
			}
			callback.reply(UdsReply.silence());
		}).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			Future<?> sender = threads.submit(() -> push(session, "up", length));
			threads.submit(() -> {
				for (int i = 0; i < MESSAGES; i++) {
					assertThat(session.receive(String.class, BOUND)).isEqualTo(message("down", i, length));
				}
			}).get(60, TimeUnit.SECONDS);
			sender.get(30, TimeUnit.SECONDS);
			List<String> up = received.get(30, TimeUnit.SECONDS);
			for (int i = 0; i < MESSAGES; i++) {
				assertThat(up.get(i)).isEqualTo(message("up", i, length));
			}
		}
	}

	@Test
	void aHandlerOnTheLoopThatPushesMoreThanFitsHurtsNobody() {
		this.listener.messages(new LineProtocol(), Execution.INLINE, (request, callback) -> {
			if (text(request).equals("flood")) {
				push(request.session(), "down", 2000);
			}
			echo(request, callback);
		}).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			session.send("flood");
			for (int i = 0; i < MESSAGES; i++) {
				assertThat(session.receive(String.class, BOUND)).isEqualTo(message("down", i, 2000));
				if (i % 1000 == 0) {
					assertThat(client.exchange("good", String.class)).isEqualTo("good");
				}
			}
			assertThat(session.receive(String.class, BOUND)).isEqualTo("flood");
		}
	}

	@Test
	void aClientThatSendsEverythingBeforeItReadsIsServedToo() {
		this.listener.messages(new LineProtocol(), SessionPressureTests::echo).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			push(session, "up", 20);
			for (int i = 0; i < MESSAGES; i++) {
				assertThat(session.receive(String.class, BOUND)).isEqualTo(message("up", i, 20));
			}
		}
	}

	@Test
	void anArrayMayBeUsedAgainAfterItWasSent() {
		CountDownLatch release = new CountDownLatch(1);
		BlockingQueue<String> handled = new LinkedBlockingQueue<>();
		this.listener.messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			release.await();
			handled.add(text(request));
			callback.reply(UdsReply.silence());
		}).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			byte[] array = new byte[10_000];
			for (int i = 0; i < 200; i++) {
				java.util.Arrays.fill(array, (byte) ('a' + i % 26));
				session.send(array);
			}
			release.countDown();
			for (int i = 0; i < 200; i++) {
				assertThat(take(handled)).isEqualTo(String.valueOf((char) ('a' + i % 26)).repeat(10_000));
			}
		}
	}

	private static String take(BlockingQueue<String> queue) {
		try {
			return queue.poll(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void manyThreadsSendWholeMessages() throws Exception {
		this.listener.messages(new LineProtocol(), SessionPressureTests::echo).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			List<Callable<String>> senders = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				int sender = i;
				senders.add(() -> {
					for (int j = 0; j < 500; j++) {
						session.send(sender + ":" + j + ":" + "x".repeat(1000));
					}
					return "";
				});
			}
			List<Future<String>> outcomes = new ArrayList<>();
			senders.forEach((sender) -> outcomes.add(this.threads.submit(sender)));
			int[] next = new int[8];
			for (int i = 0; i < 8 * 500; i++) {
				String[] parts = session.receive(String.class, BOUND).split(":");
				assertThat(Integer.parseInt(parts[1])).isEqualTo(next[Integer.parseInt(parts[0])]++);
				assertThat(parts[2]).hasSize(1000);
			}
			for (Future<String> outcome : outcomes) {
				outcome.get(30, TimeUnit.SECONDS);
			}
		}
	}

	@Test
	void aPeerThatDripsIsClosedAndHurtsNobody() {
		this.listener.messages(new LineProtocol(), SessionPressureTests::echo)
			.options((options) -> options.setClocks(new ConnectionClocks(Duration.ofSeconds(5), Duration.ofMillis(300),
					Duration.ofSeconds(10), Duration.ZERO)))
			.start();
		try (TextPeer dripper = TextPeer.connect(this.listener.path());
				UdsTemplate client = this.listener.client().build()) {
			Future<?> drips = this.threads.submit(() -> {
				while (true) {
					dripper.send("x");
					Thread.sleep(20);
				}
			});
			while (closed(CloseReason.FRAME_TIMEOUT) == 0) {
				assertThat(client.exchange("good", String.class)).isEqualTo("good");
			}
			drips.cancel(true);
		}
	}

	@Test
	void aPeerThatOnlyListensIsNeverTooLate() {
		BlockingQueue<UdsSession> sessions = new LinkedBlockingQueue<>();
		this.listener.messages(new LineProtocol(), SessionPressureTests::echo)
			.options((options) -> options.setClocks(new ConnectionClocks(Duration.ofMillis(50), Duration.ofMillis(50),
					Duration.ofMillis(50), Duration.ZERO)))
			.sessionListener(new io.github.udsboot.UdsSessionListener() {

				@Override
				public void sessionOpened(UdsSession session) {
					sessions.add(session);
				}

			})
			.start();
		try (TextPeer silent = TextPeer.connect(this.listener.path());
				TextPeer other = TextPeer.connect(this.listener.path())) {
			Awaitility.await().atMost(BOUND).until(() -> sessions.size() == 2);
			// another peer's clock has run out: so would have this one's
			other.send("half a line");
			Awaitility.await().atMost(BOUND).until(() -> closed(CloseReason.FRAME_TIMEOUT) == 1);
			sessions.stream().filter(UdsSession::isOpen).forEach((session) -> session.send("push"));
			assertThat(silent.read(5)).isEqualTo("push\n");
		}
	}

	@Test
	void aPeerThatNeverReadsHoldsUpItsOwnSenderOnlyAndIsClosed() throws Exception {
		CompletableFuture<UdsException> outcome = new CompletableFuture<>();
		AtomicInteger sent = new AtomicInteger();
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			if (text(request).equals("flood")) {
				this.threads.execute(() -> {
					try {
						while (true) {
							request.session().send("x".repeat(1000));
							sent.incrementAndGet();
						}
					}
					catch (UdsException ex) {
						outcome.complete(ex);
					}
				});
			}
			echo(request, callback);
		})
			.options((options) -> options
				.setClocks(new ConnectionClocks(Duration.ZERO, Duration.ZERO, Duration.ofMillis(500), Duration.ZERO)))
			.start();
		try (TextPeer deaf = TextPeer.connect(this.listener.path());
				UdsTemplate client = this.listener.client().build()) {
			deaf.send("flood\n");
			while (!outcome.isDone()) {
				assertThat(client.exchange("good", String.class)).isEqualTo("good");
			}
			assertThat(outcome.get()).isInstanceOf(UdsSessionClosedException.class)
				.hasMessageContaining("did not read");
			Awaitility.await().atMost(BOUND).until(() -> closed(CloseReason.STALLED) == 1);
			assertThat(sent.get()).as("bounded by the outbound queue").isBetween(3500, 6000);
		}
	}

	@Test
	void tinyMessagesToAPeerThatNeverReadsAreBoundedToo() throws Exception {
		CompletableFuture<UdsSession> subscribed = new CompletableFuture<>();
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			subscribed.complete(request.session());
			callback.reply(UdsReply.silence());
		})
			.options((options) -> options
				.setClocks(new ConnectionClocks(Duration.ZERO, Duration.ZERO, Duration.ofMillis(500), Duration.ZERO)))
			.start();
		try (TextPeer deaf = TextPeer.connect(this.listener.path())) {
			deaf.send("x\n");
			UdsSession session = subscribed.get(20, TimeUnit.SECONDS);
			AtomicInteger sent = new AtomicInteger();
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> {
				while (true) {
					session.send("");
					sent.incrementAndGet();
				}
			});
			// 4 MiB of such lines would be four million frames
			assertThat(sent.get()).isLessThan(100_000);
		}
	}

	@Test
	void aPeerThatSendsMoreThanIsHandledHasToWait() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger handled = new AtomicInteger();
		this.listener.messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			release.await();
			handled.incrementAndGet();
			callback.reply(UdsReply.silence());
		}).start();
		byte[] line = ("x".repeat(999) + "\n").getBytes(StandardCharsets.UTF_8);
		try (TextPeer peer = TextPeer.connect(this.listener.path())) {
			int sent = sendUntilBlocked(peer, line);
			assertThat(sent / 1000).as("the inbox and the kernel's buffer").isBetween(256, 2000);
			release.countDown();
			peer.send("x".repeat(1000 - sent % 1000 - 1) + "\n");
			int complete = sent / 1000 + 1;
			Awaitility.await().atMost(BOUND).until(() -> handled.get() == complete);
		}
	}

	private static int sendUntilBlocked(TextPeer peer, byte[] line) throws IOException, InterruptedException {
		int sent = 0;
		int quiet = 0;
		while (quiet < 200) {
			byte[] rest = java.util.Arrays.copyOfRange(line, sent % line.length, line.length);
			int count = peer.trySend(rest);
			sent += count;
			quiet = (count > 0) ? 0 : quiet + 1;
			if (count == 0) {
				Thread.sleep(1);
			}
		}
		return sent;
	}

	@Test
	void aClientWaitsForAListenerThatDoesNotReadAndThenGivesUp() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		BlockingQueue<String> handled = new LinkedBlockingQueue<>();
		this.listener.messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			release.await();
			handled.add(text(request));
			callback.reply(UdsReply.silence());
		}).start();
		try (UdsTemplate client = this.listener.client().timeout(Duration.ofMillis(300)).build();
				UdsSession session = client.open()) {
			AtomicInteger sent = new AtomicInteger();
			assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(() -> {
				while (true) {
					session.send(sent.get() + "x".repeat(2000));
					sent.incrementAndGet();
				}
			}).withMessageContaining("was not sent");
			assertThat(session.isOpen()).isTrue();
			release.countDown();
			for (int i = 0; i < sent.get(); i++) {
				assertThat(handled.poll(20, TimeUnit.SECONDS)).startsWith(i + "x");
			}
			session.send("last");
			assertThat(handled.poll(20, TimeUnit.SECONDS)).as("nothing between").isEqualTo("last");
		}
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void nothingIsLeftOfAThousandSessions(TransportType transport) throws Exception {
		use(transport);
		warmUp(transport);
		ProcessResources before = ProcessResources.now();
		this.listener.messages(new LineProtocol(), SessionPressureTests::echo).start();
		try (UdsTemplate client = this.listener.client().build();
				UdsTemplate raw = this.listener.client().protocol(new RawProtocol()).build()) {
			List<Callable<String>> users = new ArrayList<>();
			for (int i = 0; i < 1000; i++) {
				String message = "message " + i;
				users.add((i % 2 == 0) ? () -> converse(client, message)
						: () -> raw.exchange(message + "\n", String.class));
			}
			ExecutorService pool = Executors.newFixedThreadPool(50);
			try {
				List<Future<String>> outcomes = pool.invokeAll(users);
				for (int i = 0; i < 1000; i++) {
					assertThat(outcomes.get(i).get().strip()).isEqualTo("message " + i);
				}
			}
			finally {
				pool.shutdownNow();
			}
			Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().connections() == 0);
		}
		this.listener.container().stop();
		before.awaitDescriptors();
		before.awaitThreads();
	}

	private static String converse(UdsTemplate client, String message) {
		try (UdsSession session = client.open()) {
			session.send(message);
			return session.receive(String.class, BOUND);
		}
	}

	/** What a JVM opens once for all, it opens here. */
	private void warmUp(TransportType transport) {
		try (TestListener other = new TestListener(transport)) {
			other.messages(new LineProtocol(), SessionPressureTests::echo).start();
			try (UdsTemplate client = other.client().build()) {
				converse(client, "x");
			}
		}
	}

	private void use(TransportType transport) {
		this.listener.close();
		this.listener = new TestListener(transport);
	}

	private static void push(UdsSession session, String name, int length) {
		for (int i = 0; i < MESSAGES; i++) {
			session.send(message(name, i, length));
		}
	}

	private static String message(String name, int number, int length) {
		String start = name + " " + number + " ";
		return start + "x".repeat(Math.max(0, length - start.length()));
	}

	private long closed(CloseReason reason) {
		return this.listener.container().stats().closed().getOrDefault(reason, 0L);
	}

	private static void echo(UdsRequest request, UdsReplyCallback callback) {
		callback.reply(UdsReply.ok(request.payload()));
	}

	private static String text(UdsRequest request) {
		return new String(request.payload(), StandardCharsets.UTF_8);
	}

}
