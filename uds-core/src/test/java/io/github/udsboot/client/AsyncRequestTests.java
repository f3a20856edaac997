package io.github.udsboot.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.call.CallLimiter;
import io.github.udsboot.client.shared.IoThread;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls that no thread waits for.
 */
@Timeout(60)
class AsyncRequestTests {

	private final ScriptedServer server = new ScriptedServer().start();

	private final TestClient client = new TestClient(this.server.path(), TransportType.JDK);

	private UdsTemplate template;

	private Peer peer;

	@AfterEach
	void close() {
		if (this.template != null) {
			this.template.close();
		}
		if (this.peer != null) {
			this.peer.close();
		}
		this.server.close();
	}

	@Test
	void answersAreMatchedInAnyOrder() throws Exception {
		List<CompletableFuture<String>> futures = new ArrayList<>();
		start();
		for (int i = 0; i < 50; i++) {
			futures.add(request("call " + i));
		}
		accept();
		List<RequestFrame> requests = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			requests.add(0, this.peer.request());
		}
		requests.forEach(this.peer::answer);
		for (int i = 0; i < 50; i++) {
			assertThat(get(futures.get(i))).isEqualTo("call " + i);
		}
		assertNothingIsLeft();
	}

	@Test
	void interruptedThreadMayAsk() throws Exception {
		start();
		Thread.currentThread().interrupt();
		CompletableFuture<String> future = request("call");
		assertThat(Thread.interrupted()).isTrue();
		accept();
		this.peer.answer(this.peer.request());
		assertThat(get(future)).isEqualTo("call");
	}

	@Test
	void callbackRunsOnTheExecutorAndMayCallAgain() throws Exception {
		ConcurrentLinkedQueue<Thread> used = new ConcurrentLinkedQueue<>();
		this.client.executor = (task) -> {
			Thread thread = new Thread(task, "test-callback");
			used.add(thread);
			thread.start();
		};
		start();
		CompletableFuture<String> future = request("first").thenApply((answer) -> {
			assertThat(used).contains(Thread.currentThread());
			return answer + this.template.request("echo", "second", String.class);
		});
		accept();
		this.peer.answer(this.peer.request());
		this.peer.answer(this.peer.request());
		assertThat(get(future)).isEqualTo("firstsecond");
	}

	@Test
	void callbackMayWaitForAnotherFutureOnEachOfTheDefaultThreads() throws Exception {
		start();
		List<CompletableFuture<String>> futures = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			futures.add(request("outer").thenApply((answer) -> request("inner").join()));
		}
		accept();
		for (int i = 0; i < 24; i++) {
			this.peer.answer(this.peer.request());
		}
		for (CompletableFuture<String> future : futures) {
			assertThat(get(future)).isEqualTo("inner");
		}
	}

	@Test
	void rejectedCallbackDoesNotRunOnTheThreadThatReads() throws Exception {
		this.client.executor = (task) -> {
			throw new RejectedExecutionException("full");
		};
		start();
		CompletableFuture<String> future = request("first")
			.thenApply((answer) -> this.template.request("echo", "second", String.class));
		accept();
		this.peer.answer(this.peer.request());
		this.peer.answer(this.peer.request());
		assertThat(get(future)).isEqualTo("second");
	}

	@Test
	void deadlinePassesWhileTheAnswerIsAwaited() {
		start();
		CompletableFuture<String> future = request("call", Duration.ofMillis(50));
		accept();
		assertThat(failure(future)).isInstanceOf(UdsDeadlineExceededException.class)
			.hasMessageContaining("may have been executed");
		assertNothingIsLeft();
	}

	@Test
	void deadlinePassesWhileThePermitIsAwaited() {
		this.client.maxInFlight = 1;
		start();
		CompletableFuture<String> first = request("first");
		CompletableFuture<String> second = request("second", Duration.ofMillis(50));
		assertThat(failure(second)).isInstanceOf(UdsDeadlineExceededException.class)
			.hasMessageContaining("was not sent");
		accept();
		this.peer.answer(this.peer.request());
		assertThat(first).succeedsWithin(Callers.BOUND).isEqualTo("first");
		assertNothingIsLeft();
	}

	@Test
	void deadlinePassesWhileTheServerIsAwaited() {
		this.server.stop();
		start();
		assertThat(failure(request("call", Duration.ofMillis(50)))).isInstanceOf(UdsUnavailableException.class)
			.hasMessageContaining("was not sent");
		assertNothingIsLeft();
	}

	@Test
	void manyMoreCallsThanPermitsAllComplete() throws Exception {
		this.client.maxInFlight = 3;
		start();
		List<CompletableFuture<String>> futures = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			futures.add(request("call " + i));
		}
		accept();
		for (int i = 0; i < 500; i++) {
			this.peer.answer(this.peer.request());
		}
		for (int i = 0; i < 500; i++) {
			assertThat(get(futures.get(i))).isEqualTo("call " + i);
		}
		assertNothingIsLeft();
	}

	@Test
	void requestThatCannotBeEncodedCostsNoPermit() throws Exception {
		this.client.maxInFlight = 1;
		this.client.frameLimits = new FrameLimits(1_000, 100, 10, 100);
		start();
		CompletableFuture<String> first = request("first");
		accept();
		this.peer.answer(this.peer.request());
		get(first);
		for (int i = 0; i < 3; i++) {
			assertThat(failure(this.template.requestAsync("echo", new byte[2_000], byte[].class)))
				.isInstanceOf(UdsLimitExceededException.class)
				.hasMessageContaining("was not sent");
			assertThat(failure(this.template.route("echo").header("half", "\ud800").retrieveAsync(String.class)))
				.isInstanceOf(IllegalArgumentException.class);
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> this.template.route("echo").header("half", "\ud800").retrieve(String.class));
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> this.template.route("echo").header("half", "\ud800").send());
			assertThatExceptionOfType(UdsLimitExceededException.class)
				.isThrownBy(() -> this.template.send("echo", new byte[2_000]));
			assertThatExceptionOfType(UdsLimitExceededException.class)
				.isThrownBy(() -> this.template.request("echo", new byte[2_000], byte[].class));
		}
		CompletableFuture<String> last = request("last");
		this.peer.answer(this.peer.request());
		assertThat(get(last)).isEqualTo("last");
		assertNothingIsLeft();
	}

	@Test
	void longQueueOfCallsThatFailAtOnceDoesNotGrowTheStack() throws Exception {
		this.client.maxInFlight = 1;
		this.client.frameLimits = new FrameLimits(1_000, 100, 10, 100);
		start();
		CompletableFuture<String> first = request("first");
		List<CompletableFuture<byte[]>> futures = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			futures.add(this.template.requestAsync("echo", new byte[2_000], byte[].class));
		}
		accept();
		this.peer.answer(this.peer.request());
		assertThat(get(first)).isEqualTo("first");
		for (CompletableFuture<byte[]> future : futures) {
			assertThat(failure(future)).isInstanceOf(UdsLimitExceededException.class);
		}
		assertNothingIsLeft();
	}

	@Test
	void cancelledCallIsNotSentWhenItHasNotBeenYet() throws Exception {
		this.client.maxInFlight = 1;
		start();
		CompletableFuture<String> first = request("first");
		CompletableFuture<String> second = request("second");
		CompletableFuture<String> third = request("third");
		second.cancel(true);
		accept();
		this.peer.answer(this.peer.request());
		RequestFrame next = this.peer.request();
		assertThat(ScriptedServer.text(next)).isEqualTo("third");
		this.peer.answer(next);
		assertThat(get(first)).isEqualTo("first");
		assertThat(get(third)).isEqualTo("third");
		assertNothingIsLeft();
	}

	@Test
	void cancelledCallGivesItsPermitBackWithTheAnswer() throws Exception {
		this.client.maxInFlight = 1;
		start();
		CompletableFuture<String> first = request("first");
		accept();
		RequestFrame request = this.peer.request();
		first.cancel(true);
		CompletableFuture<String> second = request("second");
		this.peer.answer(request);
		this.peer.answer(this.peer.request());
		assertThat(get(second)).isEqualTo("second");
		assertNothingIsLeft();
	}

	@Test
	void futureEndsWhateverTheConversionThrows() throws Exception {
		start();
		CompletableFuture<Hostile> hostile = this.template.requestAsync("echo", "{}", Hostile.class);
		CompletableFuture<Integer> number = this.template.requestAsync("echo", "no number", Integer.class);
		accept();
		this.peer.answer(this.peer.request());
		this.peer.answer(this.peer.request());
		assertThat(hostile).failsWithin(Callers.BOUND);
		assertThat(failure(number)).isInstanceOf(UdsConversionException.class);
		assertThat(failure(this.template.requestAsync("echo", "half \ud800", String.class)))
			.isInstanceOf(UdsConversionException.class);
		assertNothingIsLeft();
	}

	@Test
	void failuresAreTypedAndSayWhere() {
		start();
		CompletableFuture<String> failed = request("first");
		CompletableFuture<String> lost = request("second");
		accept();
		this.peer.fail(this.peer.request(), Status.NOT_FOUND);
		UdsException failure = (UdsException) failure(failed);
		assertThat(failure).isInstanceOf(UdsRemoteException.class).hasMessageContaining("broken");
		assertThat(failure.getStatus()).isEqualTo(Status.NOT_FOUND);
		assertThat(failure.getRoute()).isEqualTo("echo");
		assertThat(failure.getSocketPath()).isEqualTo(this.server.path().toString());
		this.peer.request();
		this.peer.close();
		failure = (UdsException) failure(lost);
		assertThat(failure).isInstanceOf(UdsConnectionLostException.class);
		assertThat(failure.getStatus()).isEqualTo(Status.UNAVAILABLE);
		assertThat(failure.getRoute()).isEqualTo("echo");
		assertThat(failure.getSocketPath()).isEqualTo(this.server.path().toString());
		assertNothingIsLeft();
	}

	@Test
	void callsOfAClientWhoseServerIsAwayDoNotHoldUpThoseOfOthers() throws Exception {
		try (ScriptedServer other = new ScriptedServer()) {
			TestClient away = new TestClient(other.path(), TransportType.JDK);
			try (UdsTemplate waiting = away.build()) {
				List<CompletableFuture<String>> futures = new ArrayList<>();
				for (int i = 0; i < 100; i++) {
					futures.add(waiting.requestAsync("echo", "call", String.class));
				}
				start();
				CompletableFuture<String> future = request("here");
				accept();
				this.peer.answer(this.peer.request());
				assertThat(get(future)).isEqualTo("here");
				assertThat(futures).noneMatch(CompletableFuture::isDone);
				waiting.getConnectionFactory().close();
				for (CompletableFuture<String> each : futures) {
					assertThat(failure(each)).isInstanceOf(UdsCancelledException.class)
						.hasMessageContaining("was not sent");
				}
			}
		}
	}

	@Test
	void closeEndsCallsInEveryPhase() throws Exception {
		this.client.maxInFlight = 2;
		start();
		CompletableFuture<String> first = request("pending");
		CompletableFuture<String> second = request("pending");
		accept();
		this.peer.request();
		this.peer.request();
		List<CompletableFuture<String>> queued = new ArrayList<>();
		for (int i = 0; i < 5_000; i++) {
			queued.add(request("queued"));
		}
		Caller<String> blocked = Callers.start(() -> this.template.request("echo", "blocked", String.class));
		Callers.await().until(() -> blocked.isIn(CallLimiter.class));
		this.template.close();
		assertThat(failure(first)).isInstanceOf(UdsConnectionLostException.class);
		assertThat(failure(second)).isInstanceOf(UdsConnectionLostException.class);
		for (CompletableFuture<String> future : queued) {
			assertThat(failure(future)).isInstanceOf(UdsCancelledException.class).hasMessageContaining("was not sent");
		}
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(blocked::result);
		assertThat(failure(request("after"))).isInstanceOf(UdsCancelledException.class);
		assertNothingIsLeft();
	}

	@Test
	void closeFromACallbackEndsTheOtherCalls() throws Exception {
		start();
		CompletableFuture<Void> first = request("first").thenAccept((answer) -> this.template.close());
		CompletableFuture<String> second = request("second");
		accept();
		this.peer.answer(this.peer.request());
		assertThat(first).succeedsWithin(Callers.BOUND);
		assertThat(failure(second)).isInstanceOf(UdsConnectionLostException.class);
		assertNothingIsLeft();
	}

	@Test
	void specificationMayChangeAfterTheCallWasMade() throws Exception {
		this.client.maxInFlight = 1;
		start();
		CompletableFuture<String> first = request("first");
		UdsOperations.RequestSpec spec = this.template.route("echo").payload("second").header("One", "1");
		CompletableFuture<String> second = spec.retrieveAsync(String.class);
		spec.header("one", "2").header("two", "2");
		accept();
		this.peer.answer(this.peer.request());
		RequestFrame request = this.peer.request();
		assertThat(request.metadata()).containsOnlyKeys("one").containsEntry("one", List.of("1"));
		this.peer.answer(request);
		get(first);
		get(second);
	}

	@Test
	void sendReturnsBeforeTheAnswerAndFreesItsPermitWithIt() throws Exception {
		this.client.maxInFlight = 1;
		start();
		this.template.send("echo", "first");
		accept();
		RequestFrame first = this.peer.request();
		assertThat(ScriptedServer.text(first)).isEqualTo("first");
		CountDownLatch sent = new CountDownLatch(1);
		Caller<Void> second = Callers.start(() -> {
			this.template.send("echo", "second");
			sent.countDown();
			return null;
		});
		Callers.await().until(() -> second.isIn(CallLimiter.class));
		this.peer.fail(first, Status.INTERNAL);
		assertThat(sent.await(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
		this.peer.answer(this.peer.request());
		assertNothingIsLeft();
	}

	private void start() {
		this.template = this.client.build();
	}

	private void accept() {
		this.peer = this.server.accept();
	}

	private CompletableFuture<String> request(String text) {
		return request(text, this.client.timeout);
	}

	private CompletableFuture<String> request(String text, Duration timeout) {
		return this.template.route("echo").payload(text).timeout(timeout).retrieveAsync(String.class);
	}

	private static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS);
	}

	private static Throwable failure(CompletableFuture<?> future) {
		return future.<Throwable>handle((answer, failure) -> failure)
			.orTimeout(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)
			.join();
	}

	private void assertNothingIsLeft() {
		SharedConnections factory = TestClient.connections(this.template);
		Callers.await().until(() -> factory.limiter().free() == this.client.maxInFlight);
		assertThat(factory.stats().requestsInFlight()).isZero();
		IoThread io = factory.io();
		if (io != null) {
			assertThat(io.asyncCalls()).isZero();
		}
	}

	/** Cannot be made. */
	static final class Hostile {

		Hostile() {
			throw new StackOverflowError("on purpose");
		}

	}

}
