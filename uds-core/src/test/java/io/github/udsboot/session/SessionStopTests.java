package io.github.udsboot.session;

import java.io.UncheckedIOException;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.interop.ProcessResources;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.testsupport.TextPeer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of sessions and of those who are told of them when peers hang up and
 * listeners stop.
 */
class SessionStopTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final String STOPS = "ERR UNAVAILABLE The server stops\n";

	private TestListener listener = new TestListener();

	private final BlockingQueue<UdsSession> sessions = new LinkedBlockingQueue<>();

	private final List<String> seen = new CopyOnWriteArrayList<>();

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void whatIsSentWhileASessionOpensReachesAPeerThatSendsNothing(Execution execution) {
		this.listener.messages(new LineProtocol(), SessionStopTests::echo)
			.options((options) -> options.setExecution(execution))
			.sessionListener(opened((session) -> {
				this.sessions.add(session);
				await(this.release);
				session.send("state");
			}))
			.start();
		try (TextPeer peer = peer()) {
			peer.endOutput();
			UdsSession session = take(this.sessions);
			Awaitility.await().atMost(BOUND).until(() -> !session.isOpen());
			this.release.countDown();
			assertThat(peer.readAll()).isEqualTo("state\n");
		}
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void whatAPeerSentIsHandledThoughItLeftTheGreetingUnreadAndTheListenerStops(TransportType transport)
			throws Exception {
		use(transport);
		this.listener.messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			this.sessions.add(request.session());
			await(this.release);
			this.seen.add(text(request));
			callback.reply(UdsReply.ok(request.payload()));
		}).options((options) -> options.setGreeting("hello")).start();
		UdsSession session;
		try (TextPeer peer = peer()) {
			peer.send("one\ntwo\nthree\n");
			session = take(this.sessions);
		}
		Awaitility.await().atMost(BOUND).until(() -> !session.isOpen());
		CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> this.listener.container().stop());
		Awaitility.await().atMost(BOUND).until(() -> stopped.isDone() || !Files.exists(this.listener.path()));
		this.release.countDown();
		stopped.get(20, TimeUnit.SECONDS);
		assertThat(this.seen).containsExactly("one", "two", "three");
		assertThat(this.listener.container().stats().closed()).containsEntry(CloseReason.PEER_CLOSED, 1L);
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void aStopThatIsNotInAHurryLetsListenersFinish(Execution execution) {
		this.listener.messages(new LineProtocol(), SessionStopTests::echo)
			.options((options) -> options.setExecution(execution))
			.sessionListener(closed((session) -> {
				try {
					// a listener that takes its time
					this.seen.add(this.release.await(300, TimeUnit.MILLISECONDS) ? "" : "told");
				}
				catch (InterruptedException ex) {
					this.seen.add("interrupted");
				}
			}))
			.start();
		try (TextPeer peer = peer()) {
			peer.send("x\n").read(2);
			this.listener.container().stop();
			assertThat(this.seen).containsExactly("told");
		}
	}

	@Test
	void listenersAreToldOfTheEndWithNoLockHeld() throws Exception {
		List<UdsSession> open = new CopyOnWriteArrayList<>();
		this.listener.messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			this.sessions.add(request.session());
			while (this.release.getCount() > 0) {
				try {
					this.release.await();
				}
				catch (InterruptedException ex) {
					// not to be stopped
				}
			}
		}).options((options) -> {
			options.setMaxHandlerThreads(1);
			options.setDrainTimeout(Duration.ofMillis(50));
		}).sessionListener(new UdsSessionListener() {

			@Override
			public void sessionOpened(UdsSession session) {
				open.add(session);
			}

			@Override
			public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
				SessionStopTests.this.seen.add("told" + ownLocks());
			}

		}).start();
		try (TextPeer one = peer(); TextPeer two = peer()) {
			Awaitility.await().atMost(BOUND).until(() -> open.size() == 2);
			one.send("x\n");
			take(this.sessions);
			two.send("x\n");
			Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().requestsInFlight() == 2);
			this.listener.container().stop();
			assertThat(one.readAll()).isEqualTo(STOPS);
			assertThat(two.readAll()).isEqualTo(STOPS);
		}
		assertThat(this.seen).containsExactly("told[]", "told[]");
	}

	private static List<String> ownLocks() {
		ThreadInfo thread = ManagementFactory.getThreadMXBean()
			.getThreadInfo(new long[] { Thread.currentThread().getId() }, true, true)[0];
		return Stream.concat(Stream.of(thread.getLockedMonitors()), Stream.of(thread.getLockedSynchronizers()))
			.map(LockInfo::getClassName)
			.filter((name) -> name.startsWith("io.github.udsboot"))
			.toList();
	}

	@Test
	void listenersThatEndOtherSessionsDoNotKeepAListenerFromStopping() throws Exception {
		warmUp();
		ProcessResources before = ProcessResources.now();
		List<UdsSession> open = new CopyOnWriteArrayList<>();
		CountDownLatch both = new CountDownLatch(2);
		this.listener.messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			this.sessions.add(request.session());
			while (this.release.getCount() > 0) {
				try {
					this.release.await();
				}
				catch (InterruptedException ex) {
					// not to be stopped
				}
			}
		}).options((options) -> {
			options.setMaxHandlerThreads(1);
			options.setEventLoops(2);
			options.setDrainTimeout(Duration.ofMillis(50));
		}).sessionListener(new UdsSessionListener() {

			@Override
			public void sessionOpened(UdsSession session) {
				open.add(session);
			}

			@Override
			public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
				both.countDown();
				try {
					both.await(1, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					// go on
				}
				for (UdsSession other : open) {
					other.close();
				}
				SessionStopTests.this.seen.add("told");
			}

		}).start();
		try (TextPeer one = peer(); TextPeer two = peer()) {
			Awaitility.await().atMost(BOUND).until(() -> open.size() == 2);
			one.send("x\n");
			take(this.sessions);
			two.send("x\n");
			Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().requestsInFlight() == 2);
			this.listener.container().stop();
			assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads()).isNull();
			Awaitility.await().atMost(BOUND).until(() -> this.seen.size() == 2);
		}
		this.release.countDown();
		before.awaitDescriptors();
		before.awaitThreads();
	}

	@Test
	void aStopBeforeItsTimeClosesManySessionsThatHaveWorkLeft() throws Exception {
		warmUp();
		ProcessResources before = ProcessResources.now();
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			// never answered
		}).options((options) -> {
			options.setEventLoops(1);
			options.setDrainTimeout(Duration.ofMillis(50));
		}).start();
		List<TextPeer> peers = new ArrayList<>();
		try {
			for (int i = 0; i < 1000; i++) {
				peers.add(peer().send("x\nx\n"));
			}
			Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().requestsInFlight() == 1000);
			this.listener.container().stop();
			for (TextPeer peer : peers) {
				assertThat(peer.readAll()).isEqualTo(STOPS + STOPS);
			}
		}
		finally {
			peers.forEach(TextPeer::close);
		}
		before.awaitDescriptors();
	}

	@Test
	void aListenerThatNoThreadIsThereForDoesNotHoldUpALoop() {
		AtomicBoolean refuse = new AtomicBoolean();
		CountDownLatch told = new CountDownLatch(1);
		this.listener.messages(new LineProtocol(), SessionStopTests::echo).executor((task) -> {
			if (refuse.get()) {
				throw new RejectedExecutionException("expected by the test");
			}
			new Thread(task).start();
		}).options((options) -> {
			options.setExecution(Execution.POOL);
			options.setEventLoops(1);
		}).sessionListener(closed((session) -> {
			told.countDown();
			await(this.release);
			this.seen.add("told");
		})).start();
		try (TextPeer other = peer()) {
			try (TextPeer peer = peer()) {
				peer.send("x\n").read(2);
				other.send("x\n").read(2);
				refuse.set(true);
			}
			await(told);
			assertThat(other.send("x\n").read(4)).isEqualTo("ERR ");
			this.release.countDown();
			Awaitility.await().atMost(BOUND).until(() -> this.seen.size() == 1);
		}
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void aPeerThatHangsUpWhileItsInboxIsFullCostsNoProcessor(TransportType transport) throws Exception {
		use(transport);
		this.listener.messages(new LineProtocol(), Execution.POOL, (request, callback) -> {
			this.sessions.add(request.session());
			await(this.release);
			this.seen.add("x");
			callback.reply(UdsReply.silence());
		}).options((options) -> options.setMaxInFlightPerConnection(4)).start();
		try (TextPeer peer = peer()) {
			peer.send("x\n".repeat(100));
			take(this.sessions);
		}
		// a loop that spins would use most of this time
		long used = loopTime();
		assertThat(this.release.await(500, TimeUnit.MILLISECONDS)).isFalse();
		assertThat(Duration.ofNanos(loopTime() - used)).isLessThan(Duration.ofMillis(200));
		this.release.countDown();
		Awaitility.await().atMost(BOUND).until(() -> this.seen.size() == 100);
		Awaitility.await().atMost(BOUND).until(() -> this.listener.container().stats().connections() == 0);
	}

	private static long loopTime() {
		ThreadMXBean bean = ManagementFactory.getThreadMXBean();
		long sum = 0;
		for (long id : bean.getAllThreadIds()) {
			ThreadInfo info = bean.getThreadInfo(id);
			if (info != null && info.getThreadName().startsWith("uds-test")) {
				sum += Math.max(0, bean.getThreadCpuTime(id));
			}
		}
		return sum;
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void aDrainEndsThoughAPeerNeverStopsToSend(TransportType transport) throws Exception {
		use(transport);
		this.listener.messages(new LineProtocol(), SessionStopTests::echo).start();
		try (TextPeer peer = peer()) {
			peer.send("x\n").read(2);
			byte[] lines = "x\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
			Thread sender = untilItFails(() -> peer.send(lines));
			Thread reader = untilItFails(() -> peer.read(1000));
			this.listener.container().stop();
			assertThat(this.listener.container().stats().closed()).containsEntry(CloseReason.STOPPED, 1L);
			sender.join();
			reader.join();
		}
	}

	@Test
	void aHandlerSeesADrainThoughItsPeerHasSentMoreThanMayWait() throws Exception {
		this.listener.messages(new LineProtocol(), (request, callback) -> {
			this.sessions.add(request.session());
			while (request.session().isOpen() && this.release.getCount() > 0) {
				Thread.sleep(1);
			}
			this.seen.add(text(request));
			callback.reply(UdsReply.silence());
		}).options((options) -> options.setMaxInFlightPerConnection(4)).start();
		try (TextPeer peer = peer()) {
			peer.send("x\n".repeat(100));
			take(this.sessions);
			this.listener.container().drain().get(20, TimeUnit.SECONDS);
			assertThat(this.seen).as("all that was sent before").hasSize(100);
		}
	}

	private static Thread untilItFails(Runnable action) {
		Thread thread = new Thread(() -> {
			try {
				while (true) {
					action.run();
				}
			}
			catch (UncheckedIOException | AssertionError ex) {
				// the connection is closed
			}
		});
		thread.start();
		return thread;
	}

	private static UdsSessionListener opened(Consumer<UdsSession> action) {
		return new UdsSessionListener() {

			@Override
			public void sessionOpened(UdsSession session) {
				action.accept(session);
			}

		};
	}

	private static UdsSessionListener closed(Consumer<UdsSession> action) {
		return new UdsSessionListener() {

			@Override
			public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
				action.accept(session);
			}

		};
	}

	/** What a JVM opens once for all, it opens here. */
	private static void warmUp() {
		try (TestListener other = new TestListener()) {
			other.messages(new LineProtocol(), SessionStopTests::echo).start();
			try (TextPeer peer = TextPeer.connect(other.path())) {
				peer.send("x\n").read(2);
			}
		}
	}

	private void use(TransportType transport) {
		this.listener.close();
		this.listener = new TestListener(transport);
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

	private static void await(CountDownLatch latch) {
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

}
