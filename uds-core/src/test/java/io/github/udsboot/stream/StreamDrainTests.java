package io.github.udsboot.stream;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.RawPeer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of streams when their listener stops.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class StreamDrainTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	/** What calls have: whatever takes less was not waited for. */
	private static final Duration LONG = Duration.ofSeconds(60);

	private static final Duration SHORT = Duration.ofMillis(200);

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	private StreamListener listener;

	private UdsTemplate uds;

	private void start(Duration drainTimeout, Duration streamTimeout) {
		this.listener = new StreamListener(this.directory, this.transport, (options) -> {
			options.setDrainTimeout(drainTimeout);
			options.setDrainStreamTimeout(streamTimeout);
		});
		this.uds = this.listener.client().build();
	}

	@AfterEach
	void stop() {
		this.listener.handlers.answer.complete("the test is over");
		this.uds.close();
		this.listener.close();
	}

	private CompletableFuture<Void> stopping() {
		return CompletableFuture.runAsync(this.listener.container::stop);
	}

	private void verifyStopped(CompletableFuture<Void> stop) throws Exception {
		stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		assertThat(this.listener.container.isRunning()).isFalse();
		assertThat(this.listener.isIdle()).isTrue();
	}

	private void awaitDrain() {
		await().atMost(BOUND).until(() -> Files.notExists(this.directory.resolve("test.sock")));
	}

	private static void verifyUnavailable(ThrowingCallable action) {
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(action).satisfies((ex) -> {
			assertThat(ex.getStatus()).isEqualTo(Status.UNAVAILABLE);
			assertThat(ex.getRemoteMessage()).isEqualTo("The server stops");
		});
	}

	private static void verifyUnavailable(Frame frame, long streamId) {
		assertThat(frame).isInstanceOfSatisfying(ResponseFrame.class, (response) -> {
			assertThat(response.streamId()).isEqualTo(streamId);
			assertThat(response.status()).isEqualTo(Status.UNAVAILABLE);
			assertThat(response.undispatched()).isFalse();
		});
	}

	@Test
	void aStreamWithoutEndEndsWhenItsTimeIsOverAndItsClientIsToldWhy() throws Exception {
		start(LONG, SHORT);
		try (Stream<Long> numbers = this.uds.stream("endless", null, Long.class)) {
			Iterator<Long> iterator = numbers.iterator();
			iterator.next();
			CompletableFuture<Void> stop = stopping();
			verifyUnavailable(() -> iterator.forEachRemaining((number) -> {
			}));
			verifyStopped(stop);
		}
		await().atMost(BOUND).untilTrue(this.listener.handlers.closed);
		await().atMost(BOUND).untilAsserted(() -> assertThat(this.listener.recorded).contains("endless UNAVAILABLE"));
	}

	@Test
	void aProducerThatWaitsIsInterruptedWhenItsTimeIsOver() throws Exception {
		start(LONG, SHORT);
		try (Stream<String> words = this.uds.stream("stuck", null, String.class)) {
			Iterator<String> iterator = words.iterator();
			assertThat(iterator.next()).isEqualTo("the only one");
			this.listener.handlers.blocked.await();
			CompletableFuture<Void> stop = stopping();
			verifyUnavailable(iterator::hasNext);
			verifyStopped(stop);
		}
		await().atMost(BOUND).untilTrue(this.listener.handlers.interrupted);
	}

	@Test
	void aPublisherIsCancelledWhenItsTimeIsOver() throws Exception {
		start(LONG, SHORT);
		try (Stream<Integer> nothing = this.uds.stream("silent", null, Integer.class)) {
			await().atMost(BOUND).until(() -> this.listener.handlers.subscribed.get() == 1);
			CompletableFuture<Void> stop = stopping();
			verifyUnavailable(() -> nothing.iterator().hasNext());
			verifyStopped(stop);
		}
		await().atMost(BOUND).until(() -> this.listener.handlers.cancelled.get() == 1);
	}

	/** A stop has all the time of calls, and would take it for one that is left. */
	@Test
	void aPublisherThatThrowsWhenItIsCancelledDoesNotHoldUpTheStop() throws Exception {
		start(LONG, LONG);
		Stream<Integer> nothing = this.uds.stream("uncancellable", null, Integer.class);
		await().atMost(BOUND).until(() -> this.listener.handlers.subscribed.get() == 1);
		nothing.close();
		await().atMost(BOUND).until(() -> this.listener.handlers.cancelled.get() == 1);
		verifyStopped(stopping());
	}

	@Test
	void aStreamThatEndsInTimeIsComplete() throws Exception {
		start(LONG, LONG);
		BlockingQueue<String> words = new LinkedBlockingQueue<>();
		Stream<String> sent = Stream.generate(() -> take(words)).takeWhile((word) -> !word.isEmpty());
		try (Stream<String> answers = this.uds.route("upper").payloads(sent).stream(String.class)) {
			Iterator<String> iterator = answers.iterator();
			words.add("before");
			assertThat(iterator.next()).isEqualTo("BEFORE");
			CompletableFuture<Void> stop = stopping();
			awaitDrain();
			words.add("after");
			assertThat(iterator.next()).isEqualTo("AFTER");
			words.add("");
			assertThat(iterator.hasNext()).isFalse();
			verifyStopped(stop);
		}
	}

	@Test
	void anUploadWithoutEndEndsForItsHandlerWithTheReason() throws Exception {
		start(LONG, SHORT);
		AtomicBoolean closed = new AtomicBoolean();
		BlockingQueue<Integer> numbers = new LinkedBlockingQueue<>();
		Stream<Integer> endless = Stream.generate(() -> take(numbers)).onClose(() -> closed.set(true));
		CompletableFuture<Long> sum = this.uds.route("sum").payloads(endless).retrieveAsync(Long.class);
		numbers.add(1);
		await().atMost(BOUND).until(() -> this.listener.handlers.taken.get() == 1);
		CompletableFuture<Void> stop = stopping();
		assertThat(sum).failsWithin(BOUND)
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(UdsRemoteException.class,
					(ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNAVAILABLE));
		verifyStopped(stop);
		assertThat(this.listener.handlers.failure.get()).isInstanceOfSatisfying(UdsStatusException.class,
				(ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNAVAILABLE));
		await().atMost(BOUND).untilTrue(closed);
	}

	@Test
	void aStreamWithADeadlineHasTheTimeOfCalls() throws Exception {
		start(LONG, SHORT);
		try (Stream<Integer> nothing = this.uds.route("silent").timeout(Duration.ofSeconds(2)).stream(Integer.class);
				Stream<Integer> open = this.uds.stream("silent", null, Integer.class)) {
			await().atMost(BOUND).until(() -> this.listener.handlers.subscribed.get() == 2);
			CompletableFuture<Void> stop = stopping();
			verifyUnavailable(() -> open.iterator().hasNext());
			await().atMost(BOUND).until(() -> this.listener.handlers.cancelled.get() == 1);
			assertThat(stop).isNotDone();
			assertThatExceptionOfType(UdsDeadlineExceededException.class)
				.isThrownBy(() -> nothing.iterator().hasNext());
			verifyStopped(stop);
		}
	}

	@Test
	void aPeerThatSharesAConnectionIsToldOfEachStreamAndGetsTheAnswersToItsCalls() throws Exception {
		start(LONG, SHORT);
		try (RawPeer peer = RawPeer.connect(this.directory.resolve("test.sock"))) {
			peer.request(1, "silent", "", Kind.STREAM)
				.request(3, "later", "", Kind.OPEN_STREAM)
				.request(5, "pending", "x", Kind.UNARY);
			await().atMost(BOUND).until(() -> this.listener.container.stats().requestsInFlight() == 3);
			await().atMost(BOUND).until(() -> this.listener.handlers.subscribed.get() == 1);
			CompletableFuture<Void> stop = stopping();
			verifyUnavailable(peer.receive(), 1);
			verifyUnavailable(peer.receive(), 3);
			assertThat(stop).isNotDone();
			this.listener.handlers.answer.complete("answered");
			assertThat(peer.receive()).isInstanceOfSatisfying(ResponseFrame.class, (response) -> {
				assertThat(response.streamId()).isEqualTo(5);
				assertThat(response.status()).isEqualTo(Status.OK);
			});
			assertThat(peer.receive()).isNull();
			verifyStopped(stop);
		}
	}

	/** The request and the end of its connection would cross each other. */
	@Test
	void aStreamWhoseConnectionIsNewerThanItsRequestIsToldThatNoHandlerHasSeenIt() throws Exception {
		Frame answer = null;
		boolean crossing = false;
		// the drain may not have come to the connection, or a busy machine take the
		// second that a peer has
		for (int i = 0; i < 50 && !crossing; i++) {
			start(LONG, LONG);
			long since = System.nanoTime();
			answer = requestDuringStop();
			crossing = !(answer instanceof DataFrame) && System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(900);
			stop();
		}
		assertThat(crossing).isTrue();
		assertThat(answer).isInstanceOfSatisfying(ResponseFrame.class, (response) -> {
			assertThat(response.status()).isEqualTo(Status.UNAVAILABLE);
			assertThat(response.undispatched()).isTrue();
		});
	}

	private @Nullable Frame requestDuringStop() throws Exception {
		try (RawPeer peer = RawPeer.connect(this.directory.resolve("test.sock"))) {
			await().atMost(BOUND)
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(1))
				.until(() -> this.listener.container.stats().connections() == 1);
			this.listener.container.stop(() -> {
			});
			await().atMost(BOUND)
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(1))
				.until(() -> Files.notExists(this.directory.resolve("test.sock")));
			return peer.request(1, "range", "1", Kind.STREAM).receive();
		}
		catch (UncheckedIOException ex) {
			return null;
		}
	}

	@Test
	void aPeerThatHasConnectedAndSaysNothingDoesNotHoldUpTheStop() throws Exception {
		start(LONG, LONG);
		try (RawPeer silent = RawPeer.connect(this.directory.resolve("test.sock"))) {
			await().atMost(BOUND).until(() -> this.listener.container.stats().connections() == 1);
			CompletableFuture<Void> stop = stopping();
			assertThat(silent.receive()).isNull();
			verifyStopped(stop);
		}
	}

	@Test
	void noStreamIsBegunOnceTheTimeOfStreamsIsOver() throws Exception {
		start(LONG, Duration.ZERO);
		try (RawPeer peer = RawPeer.connect(this.directory.resolve("test.sock"))) {
			peer.request(1, "pending", "x", Kind.UNARY);
			await().atMost(BOUND).until(() -> this.listener.container.stats().requestsInFlight() == 1);
			CompletableFuture<Void> stop = stopping();
			awaitDrain();
			long streamId = 1;
			Frame frame;
			do {
				streamId += 2;
				peer.request(streamId, "silent", "", Kind.STREAM);
				frame = peer.receive();
				verifyRefused(frame, streamId);
			}
			while (((ResponseFrame) frame).undispatched() && streamId < 9);
			this.listener.handlers.answer.complete("answered");
			assertThat(peer.receive()).isInstanceOf(ResponseFrame.class);
			verifyStopped(stop);
		}
	}

	private static void verifyRefused(Frame frame, long streamId) {
		assertThat(frame).isInstanceOfSatisfying(ResponseFrame.class, (response) -> {
			assertThat(response.streamId()).isEqualTo(streamId);
			assertThat(response.status()).isEqualTo(Status.UNAVAILABLE);
		});
	}

	@Test
	void aConsumerThatPausesDoesNotHoldUpTheStop() throws Exception {
		start(LONG, SHORT);
		try (Stream<byte[]> blocks = this.uds.stream("blocks", 1 << 20, byte[].class)) {
			long[] before = { 0 };
			await().atMost(BOUND).pollInterval(Duration.ofMillis(200)).until(() -> {
				long now = this.listener.handlers.produced.get();
				boolean pausing = now > 0 && now == before[0];
				before[0] = now;
				return pausing;
			});
			verifyStopped(stopping());
			assertThat(blocks).isNotNull();
		}
	}

	@Test
	void whatAClientHasNotReadOfACompleteStreamDoesNotHoldUpTheStop() throws Exception {
		start(LONG, SHORT);
		try (Stream<Integer> numbers = this.uds.stream("range", 30_000, Integer.class)) {
			await().atMost(BOUND).until(() -> this.listener.recorded.contains("range OK"));
			verifyStopped(stopping());
			assertThat(numbers).isNotNull();
		}
	}

	@Test
	void aStreamIsEndedAtOnceWhereNothingIsWaitedFor() throws Exception {
		start(Duration.ZERO, LONG);
		try (Stream<Integer> nothing = this.uds.stream("silent", null, Integer.class)) {
			await().atMost(BOUND).until(() -> this.listener.handlers.subscribed.get() == 1);
			CompletableFuture<Void> stop = stopping();
			verifyUnavailable(() -> nothing.iterator().hasNext());
			verifyStopped(stop);
		}
	}

	private static <T> T take(BlockingQueue<T> queue) {
		try {
			return queue.take();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
