package io.github.udsboot.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.client.call.ClientLimits;
import io.github.udsboot.client.shared.SharedConnection;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.connection.HostClock;
import io.github.udsboot.protocol.CancelFrame;
import io.github.udsboot.protocol.Extension;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.GoAwayFrame;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.HostTime;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.HookedTransport;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsSocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a client does with a server that stands still, or that floods it.
 */
@Timeout(60)
class StandstillTests {

	/** More than the kernel takes. */
	private static final int LARGE = 1 << 20;

	private static final Duration SOON = Duration.ofMillis(150);

	private static final Duration NEVER = Duration.ZERO;

	private final ScriptedServer server = new ScriptedServer().start();

	private final List<AutoCloseable> opened = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.opened) {
			closeable.close();
		}
		this.server.close();
	}

	// --- what its caller has given up

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void whatWasGivenUpBeforeItWasWrittenIsNeverWritten(TransportType transport) throws Throwable {
		TestClient client = client(transport, limits(4 << 20, NEVER, NEVER));
		UdsTemplate template = open(client);
		CompletableFuture<byte[]> large = template.requestAsync("echo", new byte[LARGE], byte[].class);
		Peer peer = accept();
		awaitBlocked(template);
		List<CompletableFuture<String>> late = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			late.add(template.route("echo").timeout(SOON).payload("late").retrieveAsync(String.class));
		}
		CompletableFuture<String> cancelled = template.requestAsync("echo", "cancelled", String.class);
		Caller<String> interrupted = Callers.start(() -> template.request("echo", "interrupted", String.class));
		Caller<String> blocking = Callers
			.start(() -> template.route("echo").timeout(SOON).payload("late").retrieve(String.class));
		Caller<String> virtual = Callers.start(Callers.hasVirtualThreads(),
				() -> template.route("echo").timeout(SOON).payload("late").retrieve(String.class));
		for (CompletableFuture<String> call : late) {
			assertUnsent(UdsDeadlineExceededException.class, call);
		}
		assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(blocking::result)
			.withMessageContaining("was not sent");
		assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(virtual::result)
			.withMessageContaining("was not sent");
		Callers.await().until(() -> connection(template).pendingCalls() == 3);
		cancelled.cancel(false);
		interrupted.thread().interrupt();
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(interrupted::result)
			.withMessageContaining("was not sent");
		Callers.await().until(() -> connection(template).pendingCalls() == 1);
		CompletableFuture<String> last = template.requestAsync("echo", "last", String.class);
		peer.answer(peer.request(), "read");
		RequestFrame next = peer.request();
		assertThat(ScriptedServer.text(next)).isEqualTo("last");
		peer.answer(next);
		assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo("last");
		assertThat(large.get(20, TimeUnit.SECONDS)).asString().isEqualTo("read");
	}

	@Test
	void whenTheAnnouncementWasTakenBackThenTheNextRequestAnnounces() throws Throwable {
		TestClient client = client(TransportType.JDK, limits(4 << 20, NEVER, NEVER));
		FullSocket full = new FullSocket(client);
		client.transport = full;
		UdsTemplate template = open(client);
		assertUnsent(UdsDeadlineExceededException.class,
				template.route("echo").timeout(SOON).payload("first").retrieveAsync(String.class));
		full.hasRoom = true;
		CompletableFuture<String> second = template.requestAsync("echo", "second", String.class);
		Peer peer = accept();
		RequestFrame request = peer.request();
		assertThat(ScriptedServer.text(request)).isEqualTo("second");
		assertThat(Extensions.announcedIn(request.metadata())).contains(Extension.CANCEL);
		peer.greet(request);
		peer.answer(request);
		assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("second");
	}

	@Test
	void anAnnouncementThatAThreadIsJustAboutToWriteIsNotTakenBackUnnoticed() throws Throwable {
		TestClient client = client(TransportType.JDK, limits(64 << 20, NEVER, NEVER));
		HeldWrites held = new HeldWrites(client);
		client.transport = held;
		UdsTemplate template = open(client);
		// has no room for an announcement
		byte[] large = new byte[(4 << 20) - 60];
		Hold first = held.holdNext(true);
		Caller<CompletableFuture<byte[]>> written = Callers
			.start(() -> template.requestAsync("echo", large, byte[].class));
		first.begun.await();
		template.requestAsync("echo", large, byte[].class);
		CompletableFuture<String> announcing = template.requestAsync("echo", "announcing", String.class);
		first.goOn.countDown();
		Peer peer = accept();
		assertThat(Extensions.announcedIn(peer.request().metadata())).isEmpty();
		awaitBlocked(template);
		Hold second = held.holdNext(false);
		Caller<RequestFrame> reading = Callers.start(peer::request);
		second.begun.await();
		announcing.cancel(false);
		second.goOn.countDown();
		assertThat(Extensions.announcedIn(reading.result().metadata())).isEmpty();
		written.result();
		template.requestAsync("echo", "last", String.class);
		assertThat(Extensions.announcedIn(peer.request().metadata())).contains(Extension.CANCEL);
	}

	@Test
	void aCallThatRunsOutOfTimeIsCancelledUnlessTheServerKeepsItsDeadline() throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(4 << 20, NEVER, NEVER)));
		CompletableFuture<String> call = template.route("echo")
			.timeout(SOON)
			.payload("late")
			.retrieveAsync(String.class);
		Peer peer = accept();
		RequestFrame request = peer.request();
		peer.greet(request);
		assertThat(peer.frame()).isEqualTo(new CancelFrame(request.streamId()));
		assertThat(call).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UdsDeadlineExceededException.class);
	}

	// --- deadlines on the host's clock

	@Test
	void onceTheServerIsKnownToShareTheClockDeadlinesArePointsOnIt() throws Throwable {
		assertThat(HostClock.id()).isNotNull();
		UdsTemplate template = open(client(TransportType.JDK, limits(4 << 20, NEVER, NEVER)));
		long begun = System.nanoTime();
		CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
		CompletableFuture<String> early = template.requestAsync("echo", "early", String.class);
		Peer peer = accept();
		RequestFrame announcing = peer.request();
		RequestFrame second = peer.request();
		assertThat(announcing.onHostClock()).isFalse();
		assertThat(HostTime.of(announcing.metadata())).isNotNull().satisfies((time) -> {
			assertThat(time.clock()).isEqualTo(HostClock.id());
			assertThat(time.now()).isBetween(begun, System.nanoTime());
			assertThat(time.deadline() - time.now()).isBetween(1L, Duration.ofSeconds(21).toNanos());
		});
		assertThat(HostTime.of(second.metadata())).isNotNull();
		peer.write(Peer.encode(new HelloFrame(announcing.streamId(), Extensions.allAndDeadline(), System.nanoTime())));
		peer.answer(announcing);
		peer.answer(second);
		assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("first");
		assertThat(early.get(20, TimeUnit.SECONDS)).isEqualTo("early");
		CompletableFuture<String> next = template.requestAsync("echo", "next", String.class);
		RequestFrame agreed = peer.request();
		assertThat(agreed.onHostClock()).isTrue();
		assertThat(agreed.metadata()).isEmpty();
		assertThat(agreed.timeoutNanos() - System.nanoTime()).isBetween(1L, Duration.ofSeconds(20).toNanos());
		peer.answer(agreed);
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("next");
	}

	@ParameterizedTest
	@ValueSource(longs = { -3_600_000_000_000L, 3_600_000_000_000L })
	void aServerWhoseClockIsNotOurs(long ahead) throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(4 << 20, NEVER, NEVER)));
		CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
		Peer peer = accept();
		RequestFrame announcing = peer.request();
		peer.write(Peer
			.encode(new HelloFrame(announcing.streamId(), Extensions.allAndDeadline(), System.nanoTime() + ahead)));
		peer.answer(announcing);
		assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("first");
		template.requestAsync("echo", "next", String.class);
		RequestFrame next = peer.request();
		assertThat(next.onHostClock()).as("is told how much time is left").isFalse();
		assertThat(next.timeoutNanos()).isBetween(1L, Duration.ofSeconds(20).toNanos());
	}

	// --- room

	@Test
	void callsWaitForRoomAndFindItWhenTheServerReads() throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(LARGE / 4, NEVER, NEVER)));
		CompletableFuture<byte[]> large = template.requestAsync("echo", new byte[LARGE], byte[].class);
		Peer peer = accept();
		awaitBlocked(template);
		assertThatExceptionOfType(UdsDeadlineExceededException.class)
			.isThrownBy(() -> template.route("echo").timeout(SOON).payload("late").retrieve(String.class))
			.withMessageContaining("'outbound-queue-size'")
			.withMessageContaining("was not sent");
		assertUnsent(UdsDeadlineExceededException.class,
				template.route("echo").timeout(SOON).payload("late").retrieveAsync(String.class));
		Caller<String> blocking = Callers.start(() -> template.request("echo", "blocking", String.class));
		CompletableFuture<String> waiting = template.requestAsync("echo", "waiting", String.class);
		Caller<String> oneWay = Callers.start(() -> {
			template.send("echo", "one way");
			return "";
		});
		Callers.await().until(() -> isWaiting(blocking) && isWaiting(oneWay));
		assertThat(connection(template).pendingCalls()).as("nothing more is queued").isOne();
		peer.answer(peer.request(), "read");
		List<String> served = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			RequestFrame request = peer.request();
			served.add(ScriptedServer.text(request));
			peer.answer(request);
		}
		assertThat(served).containsExactlyInAnyOrder("blocking", "waiting", "one way");
		assertThat(blocking.result()).isEqualTo("blocking");
		assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo("waiting");
		oneWay.result();
		assertThat(large.get(20, TimeUnit.SECONDS)).asString().isEqualTo("read");
		assertThat(TestClient.connections(template).waitingRequests().bytes()).isZero();
	}

	@Test
	void callsThatWaitForRoomGetAnotherConnectionWhenTheServerTakesNoMoreOnTheirs() throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(LARGE / 4, NEVER, NEVER)));
		CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
		Peer stuck = accept();
		RequestFrame request = stuck.request();
		stuck.greet(request);
		stuck.answer(request);
		first.get(20, TimeUnit.SECONDS);
		template.route("echo").timeout(Duration.ofMinutes(1)).payload(new byte[LARGE]).retrieveAsync(byte[].class);
		awaitBlocked(template);
		Caller<String> blocking = Callers.start(() -> template.request("echo", "blocking", String.class));
		CompletableFuture<String> waiting = template.requestAsync("echo", "waiting", String.class);
		Callers.await().until(() -> isWaiting(blocking));
		stuck.write(Peer.encode(new GoAwayFrame(request.streamId() + 2)));
		Callers.await().until(() -> TestClient.connections(template).stats().connects() == 2);
		Peer next = accept();
		for (int i = 0; i < 2; i++) {
			next.answer(next.request());
		}
		assertThat(blocking.result()).isEqualTo("blocking");
		assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo("waiting");
	}

	@Test
	void aConnectionOnWhichNothingIsUnderWayAndThatHasNoRoomIsNoBetterThanAnother() throws Throwable {
		TestClient client = client(TransportType.JDK, limits(LARGE / 4, NEVER, NEVER));
		client.maxConnections = 2;
		UdsTemplate template = open(client);
		CompletableFuture<byte[]> large = template.route("echo")
			.timeout(SOON)
			.payload(new byte[LARGE])
			.retrieveAsync(byte[].class);
		accept();
		assertThat(large).failsWithin(Duration.ofSeconds(20));
		assertThat(TestClient.connections(template).stats().requestsInFlight()).isZero();
		Caller<String> caller = Callers.start(() -> template.request("echo", "next", String.class));
		Callers.await().until(() -> TestClient.connections(template).stats().connects() == 2);
		Peer next = accept();
		next.answer(next.request());
		assertThat(caller.result()).isEqualTo("next");
	}

	@Test
	void thereIsOneLookAtTheRoomForAllCallsThatWaitForItWithoutAThread() throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(LARGE / 4, NEVER, NEVER)));
		template.requestAsync("echo", new byte[LARGE], byte[].class);
		Peer peer = accept();
		awaitBlocked(template);
		AtomicInteger looks = new AtomicInteger();
		SharedConnection connection = connection(template);
		for (int i = 0; i < 1000; i++) {
			connection.whenRoom(looks::incrementAndGet);
		}
		peer.request();
		Callers.await().until(() -> looks.get() > 0);
		connection.whenRoom(looks::incrementAndGet);
		assertThat(looks).hasValue(2);
	}

	@Test
	void whatWaitsWithoutAThreadIsBounded() throws Throwable {
		TestClient client = client(TransportType.JDK, new ClientLimits(4 << 20, 20_000, NEVER, NEVER));
		client.maxInFlight = 1;
		UdsTemplate template = open(client);
		CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
		Peer peer = accept();
		RequestFrame request = peer.request();
		String text = "x".repeat(9_000);
		CompletableFuture<String> second = template.requestAsync("echo", text, String.class);
		CompletableFuture<String> third = template.requestAsync("echo", text, String.class);
		CompletableFuture<String> fourth = template.requestAsync("echo", text, String.class);
		assertThat(fourth).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UdsLimitExceededException.class)
			.withMessageContaining("20000")
			.withMessageContaining("'memory'")
			.withMessageContaining("was not sent");
		third.cancel(false);
		Callers.await().until(() -> TestClient.connections(template).waitingRequests().bytes() < 10_000);
		CompletableFuture<String> fifth = template.requestAsync("echo", text, String.class);
		for (CompletableFuture<String> call : List.of(first, second, fifth)) {
			peer.answer(request);
			call.get(20, TimeUnit.SECONDS);
			if (call != fifth) {
				request = peer.request();
			}
		}
		assertThat(TestClient.connections(template).waitingRequests().bytes()).isZero();
	}

	@Test
	void soIsWhatWaitsForAServerThatIsNotThere() {
		TestClient client = client(TransportType.JDK, new ClientLimits(4 << 20, 20_000, NEVER, NEVER));
		this.server.stop();
		client.timeout = Duration.ofSeconds(5);
		UdsTemplate template = open(client);
		List<CompletableFuture<String>> calls = Stream.generate(() -> "x".repeat(9_000))
			.limit(3)
			.map((text) -> template.requestAsync("echo", text, String.class))
			.toList();
		assertThat(calls.get(2)).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UdsLimitExceededException.class);
		template.close();
		assertThat(calls.get(0)).failsWithin(Duration.ofSeconds(20));
		assertThat(calls.get(1)).failsWithin(Duration.ofSeconds(20));
		assertThat(TestClient.connections(template).waitingRequests().bytes()).isZero();
	}

	// --- connections on which nothing moves

	@ParameterizedTest
	@ValueSource(strings = { "platform", "virtual", "async" })
	void anAnswerThatNeverEndsCostsItsConnection(String kind) throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(4 << 20, SOON, NEVER)));
		Caller<String> caller = call(kind, template, "first");
		Peer peer = accept();
		byte[] answer = Peer.encode(ResponseFrame.ok(peer.request().streamId(), new byte[LARGE]));
		peer.write(Arrays.copyOf(answer, 50_000));
		assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(caller::result)
			.withMessageContaining("'frame-timeout'")
			.withMessageContaining("may have been executed");
		assertThatTheNextCallGetsAnotherConnection(kind, template);
	}

	@Test
	void soDoesOneThatDrips() throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(4 << 20, Duration.ofMillis(300), NEVER)));
		Caller<String> caller = call("platform", template, "first");
		Peer peer = accept();
		byte[] answer = Peer.encode(ResponseFrame.ok(peer.request().streamId(), new byte[LARGE]));
		Caller<Void> dripping = Callers.start(() -> {
			for (int i = 0; i < answer.length; i++) {
				try {
					peer.write(Arrays.copyOfRange(answer, i, i + 1));
				}
				catch (UncheckedIOException ex) {
					return null;
				}
				TimeUnit.MILLISECONDS.sleep(5);
			}
			throw new AssertionError("All was read");
		});
		assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(caller::result)
			.withMessageContaining("'frame-timeout'");
		dripping.result();
	}

	@Test
	void anAnswerThatNeverEndsIsSeenThoughItsCallerHasGone() throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(4 << 20, Duration.ofMillis(600), NEVER)));
		Caller<String> caller = Callers.start(
				() -> template.route("echo").timeout(Duration.ofMillis(100)).payload("first").retrieve(String.class));
		Peer peer = accept();
		byte[] answer = Peer.encode(ResponseFrame.ok(peer.request().streamId(), new byte[100]));
		peer.write(Arrays.copyOf(answer, 15));
		assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(caller::result);
		// the connection ends though nothing goes on
		assertThat(peer.frame()).isNull();
		assertThatTheNextCallGetsAnotherConnection("platform", template);
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void aServerThatReadsNoMoreCostsTheConnectionAndNoCallThatWasNotWritten(TransportType transport) throws Throwable {
		UdsTemplate template = open(client(transport, limits(4 << 20, NEVER, SOON)));
		CompletableFuture<String> sent = template.requestAsync("echo", "sent", String.class);
		CompletableFuture<byte[]> large = template.requestAsync("echo", new byte[LARGE], byte[].class);
		Peer stuck = accept();
		awaitBlocked(template);
		Caller<String> unsent = Callers.start(() -> template.request("echo", "unsent", String.class));
		CompletableFuture<String> alsoUnsent = template.requestAsync("echo", "also unsent", String.class);
		Peer next = accept();
		List<String> again = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			RequestFrame request = next.request();
			again.add(ScriptedServer.text(request));
			next.answer(request);
		}
		assertThat(again).containsExactlyInAnyOrder("unsent", "also unsent");
		assertThat(unsent.result()).isEqualTo("unsent");
		assertThat(alsoUnsent.get(20, TimeUnit.SECONDS)).isEqualTo("also unsent");
		assertThat(sent).as("may have been executed, so it is neither made again nor given up").isNotDone();
		assertThat(large).isNotDone();
		stuck.answer(stuck.request());
		stuck.answer(stuck.request(), "read");
		assertThat(sent.get(20, TimeUnit.SECONDS)).isEqualTo("sent");
		assertThat(large.get(20, TimeUnit.SECONDS)).asString().isEqualTo("read");
		assertThat(stuck.frame()).as("closed with its last answer").isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "platform", "virtual", "async" })
	void aServerThatIsSilentWhileCallsRunOutOfTimeCostsTheConnection(String kind) throws Throwable {
		TestClient client = client(TransportType.JDK, limits(4 << 20, NEVER, Duration.ofMillis(50)));
		client.timeout = SOON;
		UdsTemplate template = open(client);
		for (int i = 0; i < 2; i++) {
			Caller<String> caller = call(kind, template, "call");
			assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(caller::result);
		}
		try (Peer silent = this.server.accept()) {
			Callers.await().until(() -> TestClient.connections(template).stats().connections() == 0);
			assertThat(ScriptedServer.text(silent.request())).isEqualTo("call");
		}
		assertThat(TestClient.connections(template).stats().connects()).isOne();
		template.close();
	}

	@Test
	void aRequestThatAThreadIsJustAboutToWriteWhenItsConnectionIsGivenUpIsWritten() throws Throwable {
		TestClient client = client(TransportType.JDK, limits(4 << 20, NEVER, Duration.ofMillis(400)));
		HeldWrites held = new HeldWrites(client);
		client.transport = held;
		UdsTemplate template = open(client);
		template.route("echo").timeout(SOON).payload("late").retrieveAsync(String.class);
		template.route("echo").timeout(Duration.ofMillis(900)).payload("later").retrieveAsync(String.class);
		Peer silent = accept();
		silent.request();
		silent.request();
		SharedConnection connection = connection(template);
		Hold first = held.holdNext(true);
		Caller<String> written = Callers.start(() -> template.request("echo", "written", String.class));
		first.begun.await();
		CompletableFuture<byte[]> large = template.requestAsync("echo", new byte[LARGE], byte[].class);
		CompletableFuture<String> behind = template.route("echo")
			.timeout(Duration.ofSeconds(10))
			.payload("behind")
			.retrieveAsync(String.class);
		Hold second = held.holdNext(false);
		first.goOn.countDown();
		second.begun.await();
		Callers.await().until(() -> !connection.isUsable() && connection.pendingCalls() == 3);
		second.goOn.countDown();
		for (int i = 0; i < 3; i++) {
			silent.answer(silent.request());
		}
		assertThat(written.result()).isEqualTo("written");
		assertThat(large.get(20, TimeUnit.SECONDS)).hasSize(LARGE);
		assertThat(behind.get(20, TimeUnit.SECONDS)).isEqualTo("behind");
	}

	@Test
	void aServerThatAnswersOtherCallsIsNotSilent() throws Throwable {
		TestClient client = client(TransportType.JDK, limits(4 << 20, NEVER, Duration.ofMillis(50)));
		UdsTemplate template = open(client);
		CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
		Peer peer = accept();
		peer.answer(peer.request());
		first.get(20, TimeUnit.SECONDS);
		for (int i = 0; i < 3; i++) {
			CompletableFuture<String> slow = template.route("echo")
				.timeout(SOON)
				.payload("slow")
				.retrieveAsync(String.class);
			peer.request();
			assertThat(slow).failsWithin(Duration.ofSeconds(20));
			CompletableFuture<String> quick = template.requestAsync("echo", "quick", String.class);
			peer.answer(peer.request());
			assertThat(quick.get(20, TimeUnit.SECONDS)).isEqualTo("quick");
		}
		assertThat(TestClient.connections(template).stats().connects()).isOne();
	}

	// --- floods

	@Test
	void aFloodOfQuestionsCostsOneAnswerThatWaits() throws Throwable {
		int count = 200_000;
		UdsTemplate template = open(client(TransportType.JDK, limits(10_000, NEVER, NEVER)));
		CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
		Peer peer = accept();
		RequestFrame request = peer.request();
		peer.greet(request);
		peer.answer(request);
		first.get(20, TimeUnit.SECONDS);
		ByteBuffer pings = ByteBuffer.allocate(count * 18);
		for (int i = 1; i <= count; i++) {
			pings.put(Peer.encode(new PingFrame(1, i, false)));
		}
		// more than all that is on the way fits into the kernel
		peer.write(pings.array());
		assertThat(connection(template).isCongested()).isFalse();
		long answers = 0;
		Frame frame = peer.frame();
		while (!frame.equals(new PingFrame(1, count, true))) {
			answers++;
			frame = peer.frame();
		}
		assertThat(answers).isLessThan(count / 2);
		CompletableFuture<String> last = template.requestAsync("echo", "last", String.class);
		peer.answer(peer.request());
		assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo("last");
	}

	@Test
	void aGreetingThatIsFarTooLongIsNone() throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(4 << 20, NEVER, NEVER)));
		CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
		Peer peer = accept();
		RequestFrame request = peer.request();
		byte[] text = "cancel,".repeat(4_000_000 / 7).getBytes(StandardCharsets.US_ASCII);
		ByteBuffer hello = ByteBuffer.allocate(10 + text.length)
			.putInt(text.length)
			.putInt((int) request.streamId())
			.put((byte) 0x80)
			.put((byte) 0)
			.put(text);
		peer.write(hello.array());
		peer.answer(request);
		assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("first");
		CompletableFuture<String> cancelled = template.requestAsync("echo", "cancelled", String.class);
		peer.request();
		cancelled.cancel(false);
		template.requestAsync("echo", "next", String.class);
		assertThat(ScriptedServer.text(peer.request())).as("no CANCEL before it").isEqualTo("next");
	}

	@Test
	void answersAndItemsThatNobodyWaitsForAreDropped() throws Throwable {
		UdsTemplate template = open(client(TransportType.JDK, limits(4 << 20, NEVER, NEVER)));
		CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
		Peer peer = accept();
		RequestFrame request = peer.request();
		for (int i = 0; i < 5_000; i++) {
			peer.write(Peer.encode(ResponseFrame.ok(request.streamId() + 2 + 2 * i, new byte[1000])));
			peer.write(Peer
				.encode(io.github.udsboot.protocol.DataFrame.item(request.streamId() + 2 + 2 * i, new byte[1000])));
		}
		peer.answer(request);
		assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("first");
	}

	// --- tools

	private static ClientLimits limits(long queue, Duration frameTimeout, Duration stallTimeout) {
		return new ClientLimits(queue, ClientLimits.DEFAULTS.memory(), frameTimeout, stallTimeout);
	}

	private TestClient client(TransportType transport, ClientLimits limits) {
		TestClient client = new TestClient(this.server.path(), transport);
		client.limits = limits;
		return client;
	}

	private UdsTemplate open(TestClient client) {
		UdsTemplate template = client.build();
		this.opened.add(template);
		return template;
	}

	private Peer accept() {
		Peer peer = this.server.accept();
		this.opened.add(peer);
		return peer;
	}

	private static SharedConnection connection(UdsTemplate template) {
		return TestClient.connections(template).ready();
	}

	private static void awaitBlocked(UdsTemplate template) {
		Callers.await().until(() -> connection(template) != null && connection(template).isBlocked());
	}

	private static boolean isWaiting(Caller<?> caller) {
		return caller.thread().getState() == Thread.State.TIMED_WAITING && caller.isIn(SharedConnections.class);
	}

	private static Caller<String> call(String kind, UdsTemplate template, String payload) {
		return Callers.start(kind.equals("virtual") && Callers.hasVirtualThreads(), () -> {
			if (kind.equals("async")) {
				try {
					return template.requestAsync("echo", payload, String.class).get();
				}
				catch (ExecutionException ex) {
					throw (Exception) ex.getCause();
				}
			}
			return template.request("echo", payload, String.class);
		});
	}

	private void assertThatTheNextCallGetsAnotherConnection(String kind, UdsTemplate template) throws Throwable {
		Caller<String> caller = call(kind, template, "next");
		Peer next = accept();
		RequestFrame request = next.request();
		assertThat(ScriptedServer.text(request)).isEqualTo("next");
		next.answer(request);
		assertThat(caller.result()).isEqualTo("next");
	}

	private static void assertUnsent(Class<? extends UdsException> type, CompletableFuture<?> call) {
		assertThat(call).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(type)
			.withMessageContaining("was not sent");
	}

	/** A kernel that takes nothing until it is said to. */
	private static final class FullSocket extends HookedTransport {

		private volatile boolean hasRoom;

		private FullSocket(TestClient client) {
			super(client.transport);
		}

		@Override
		protected int write(UdsSocket socket, ByteBuffer source) throws IOException {
			return this.hasRoom ? socket.write(source) : 0;
		}

	}

	/** Keeps threads in their writes. */
	private static final class HeldWrites extends HookedTransport {

		private final Queue<Hold> holds = new ConcurrentLinkedQueue<>();

		private HeldWrites(TestClient client) {
			super(client.transport);
		}

		/** Hold the next write, of which the kernel takes all or nothing. */
		Hold holdNext(boolean takes) {
			Hold hold = new Hold(takes, new CountDownLatch(1), new CountDownLatch(1));
			this.holds.add(hold);
			return hold;
		}

		@Override
		protected int write(UdsSocket socket, ByteBuffer source) throws IOException {
			Hold hold = this.holds.poll();
			if (hold == null) {
				return socket.write(source);
			}
			hold.begun.countDown();
			try {
				hold.goOn.await();
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
			return hold.takes ? socket.write(source) : 0;
		}

	}

	private record Hold(boolean takes, CountDownLatch begun, CountDownLatch goOn) {
	}

}
