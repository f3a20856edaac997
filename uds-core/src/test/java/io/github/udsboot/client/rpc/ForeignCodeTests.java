package io.github.udsboot.client.rpc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.TestClient;
import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.call.CallRequest;
import io.github.udsboot.client.call.CallbackExecutor;
import io.github.udsboot.client.call.ClientInterceptorChain;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Calls whose executor, recorder, interceptor or subscriber is busy or throws: each still
 * has its outcome.
 */
@Timeout(60)
class ForeignCodeTests {

	private final ScriptedServer server = new ScriptedServer().start();

	private final CountDownLatch busy = new CountDownLatch(1);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final TestClient settings = new TestClient(this.server.path(), TransportType.JDK);

	private UdsTemplate client;

	@AfterEach
	void stop() {
		this.busy.countDown();
		if (this.client != null) {
			this.client.close();
		}
		this.threads.shutdownNow();
		this.server.close();
	}

	private void awaitQuietly() {
		try {
			this.busy.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Callbacks of other clients hold every thread that there is for them. */
	private void keepCallbackThreadsBusy() throws InterruptedException {
		int count = Runtime.getRuntime().availableProcessors() + 2;
		CountDownLatch first = new CountDownLatch(Math.max(2, Runtime.getRuntime().availableProcessors()));
		for (int i = 0; i < count; i++) {
			CallbackExecutor.executor().execute(() -> {
				first.countDown();
				awaitQuietly();
			});
		}
		assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
		// and the thread of the JDK that completes futures in time
		CountDownLatch timer = new CountDownLatch(1);
		CompletableFuture<Void> late = new CompletableFuture<>();
		late.whenComplete((value, failure) -> {
			timer.countDown();
			awaitQuietly();
		});
		late.orTimeout(1, TimeUnit.MILLISECONDS);
		assertThat(timer.await(20, TimeUnit.SECONDS)).isTrue();
	}

	// --- deadlines

	@Test
	void aStreamEndsInTimeThoughCallbacksOfOthersLast() throws Exception {
		this.client = this.settings.build();
		keepCallbackThreadsBusy();
		assertEndsInTime();
	}

	@Test
	void aStreamWithInterceptorsEndsInTimeThoughCallbacksOfOthersLast() throws Exception {
		this.settings.interceptors.add((request, chain) -> chain.proceed(request));
		this.client = this.settings.build();
		keepCallbackThreadsBusy();
		assertEndsInTime();
	}

	private void assertEndsInTime() throws Exception {
		FutureTask<Throwable> call = new FutureTask<>(() -> {
			try (Stream<String> items = this.client.route("silent")
				.timeout(Duration.ofMillis(100))
				.stream(String.class)) {
				return catchThrowable(items::toList);
			}
		});
		this.threads.execute(call);
		try (Peer peer = this.server.accept()) {
			assertThat(peer.frame()).isNotNull();
			assertThat(call.get(20, TimeUnit.SECONDS)).isInstanceOf(UdsDeadlineExceededException.class);
			assertThat(this.busy.getCount()).isOne();
		}
	}

	// --- attempts

	@Test
	void anItemOfAnAttemptThatIsOverDoesNotArriveInTheNext() {
		StreamCall call = streamCall();
		StreamAttempt first = attempt(call);
		first.outcome().completeExceptionally(new IllegalStateException("over"));
		StreamAttempt second = attempt(call);
		assertThat(second).isNotSameAs(first);
		first.add("stale".getBytes());
		assertThat(call.inbox().poll()).isNull();
		second.add("fresh".getBytes());
		first.add("stale".getBytes());
		assertThat(call.inbox().poll()).asString().isEqualTo("fresh");
		assertThat(call.inbox().poll()).isNull();
	}

	@Test
	void anAttemptThatHasHadAnItemIsTheLast() {
		StreamCall call = streamCall();
		StreamAttempt first = attempt(call);
		first.add("item".getBytes());
		assertThat(call.inbox().poll()).asString().isEqualTo("item");
		first.outcome().completeExceptionally(new IllegalStateException("over"));
		assertThat(attempt(call)).isSameAs(first);
	}

	/** Another thread adds, as the first attempt ends and the second begins. */
	@Test
	void eitherTheItemArrivesOrTheNextAttemptBegins() throws Exception {
		for (int i = 0; i < 2_000; i++) {
			StreamCall call = streamCall();
			StreamAttempt first = attempt(call);
			first.outcome().completeExceptionally(new IllegalStateException("over"));
			FutureTask<Void> adding = new FutureTask<>(() -> first.add("item".getBytes()), null);
			this.threads.execute(adding);
			boolean again = attempt(call) != first;
			adding.get(20, TimeUnit.SECONDS);
			assertThat(call.inbox().poll() == null).isEqualTo(again);
		}
	}

	private StreamCall streamCall() {
		return new StreamCall(new CallRequest("items", "items", Map.of(), System.nanoTime(), CallRequest.NO_DEADLINE),
				new ClientInterceptorChain("test", "here", List.of()), null, false);
	}

	private static StreamAttempt attempt(StreamCall call) {
		return call.startAttempt(new StreamAttempt(call, call.request(), 1, (attempt, failure) -> {
		}));
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	// --- outcomes

	/** A callback that calls must not wait for a permit that waits behind it. */
	@Test
	void theCallbackOfAFailureMayCall() throws Exception {
		this.server.stop();
		CountDownLatch registered = new CountDownLatch(1);
		ExecutorService one = Executors.newSingleThreadExecutor();
		try {
			one.execute(() -> awaitUninterruptibly(registered));
			this.settings.maxInFlight = 1;
			this.settings.waitForServer = Duration.ZERO;
			this.settings.executor = one;
			this.client = this.settings.build();
			CompletableFuture<String> first = this.client.requestAsync("echo", "a", String.class);
			CompletableFuture<String> second = this.client.requestAsync("echo", "b", String.class);
			CompletableFuture<Throwable> called = first
				.handle((answer, failure) -> catchThrowable(() -> this.client.request("echo", "c", String.class)));
			registered.countDown();
			assertThat(called.get(40, TimeUnit.SECONDS)).isInstanceOf(UdsUnavailableException.class);
			assertThat(second).failsWithin(Duration.ofSeconds(20));
		}
		finally {
			one.shutdownNow();
		}
	}

	@Test
	void aFutureCompletesOnceThoughItsExecutorThrowsAfterItHasRun() throws Exception {
		AtomicInteger converted = new AtomicInteger();
		this.settings.executor = (task) -> {
			Thread thread = new Thread(task);
			thread.start();
			try {
				thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			throw new IllegalStateException("after all");
		};
		this.client = this.settings.build();
		CompletableFuture<String> answer = this.client.requestAsync("echo", "a", String.class)
			.whenComplete((value, failure) -> converted.incrementAndGet());
		Peer peer = this.server.accept();
		peer.answer(peer.request());
		assertThat(answer).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("a");
		assertThat(converted).hasValue(1);
		peer.close();
	}

	@Test
	void aCallbackNeverRunsOnTheThreadThatReads() throws Exception {
		this.settings.executor = Runnable::run;
		this.client = this.settings.build();
		CountDownLatch registered = new CountDownLatch(1);
		CompletableFuture<String> thread = this.client.requestAsync("echo", "a", String.class).thenApply((answer) -> {
			awaitUninterruptibly(registered);
			return Thread.currentThread().getName();
		});
		Peer peer = this.server.accept();
		peer.answer(peer.request());
		registered.countDown();
		assertThat(thread.get(20, TimeUnit.SECONDS)).doesNotContain("client-io");
		peer.close();
	}

	@Test
	void aRecorderThatThrowsCostsNoOutcome() throws Exception {
		this.settings.recorder = (route, status, nanos) -> {
			throw new AssertionError("no meters");
		};
		this.client = this.settings.build();
		CompletableFuture<String> answer = this.client.requestAsync("echo", "a", String.class);
		Peer peer = this.server.accept();
		peer.answer(peer.request());
		assertThat(answer).succeedsWithin(Duration.ofSeconds(20));
		assertThat(this.settings.streams().freePermits()).isEqualTo(TestClient.MAX_STREAMS);
		FutureTask<Throwable> items = new FutureTask<>(() -> {
			try (Stream<String> stream = this.client.route("silent")
				.timeout(Duration.ofMillis(50))
				.stream(String.class)) {
				return catchThrowable(stream::toList);
			}
		});
		this.threads.execute(items);
		Peer other = this.server.accept();
		assertThat(items.get(20, TimeUnit.SECONDS)).isInstanceOf(UdsDeadlineExceededException.class);
		assertThat(this.settings.streams().freePermits()).isEqualTo(TestClient.MAX_STREAMS);
		peer.close();
		other.close();
	}

	@Test
	void aFailureWithoutAMessageEndsTheStream() {
		this.settings.interceptors.add((request, chain) -> CompletableFuture.failedFuture(new Unspeakable()));
		this.client = this.settings.build();
		CompletableFuture<String> end = new CompletableFuture<>();
		this.client.route("any").publisher(String.class).subscribe(new Failures(end));
		assertThatExceptionOfType(UdsException.class).isThrownBy(() -> join(end))
			.withMessageContaining(Unspeakable.class.getName());
	}

	// --- subscribers

	@Test
	void noSubscriberIsNoCall() {
		this.client = this.settings.build();
		Flow.Publisher<String> items = this.client.route("items").publisher(String.class);
		assertThatNullPointerException().isThrownBy(() -> items.subscribe(null));
		assertThat(this.settings.streams().freePermits()).isEqualTo(TestClient.MAX_STREAMS);
	}

	@Test
	void aSubscriberThatThrowsAtItsSubscriptionEndsTheCall() throws Exception {
		this.client = this.settings.build();
		Flow.Publisher<String> items = this.client.route("items").publisher(String.class);
		assertThatIllegalStateException().isThrownBy(() -> items.subscribe(new Flow.Subscriber<>() {

			@Override
			public void onSubscribe(Flow.Subscription subscription) {
				throw new IllegalStateException("no subscription");
			}

			@Override
			public void onNext(String item) {
				throw new AssertionError("unexpected");
			}

			@Override
			public void onError(Throwable failure) {
				throw new AssertionError("unexpected");
			}

			@Override
			public void onComplete() {
				throw new AssertionError("unexpected");
			}

		}));
		assertThat(this.settings.streams().freePermits()).isEqualTo(TestClient.MAX_STREAMS);
		try (Peer peer = this.server.accept()) {
			while (peer.frame() != null) {
				// until the end of the connection
			}
		}
	}

	// --- items

	@Test
	void itemsAreClosedWhenThePayloadCannotBeConverted() {
		this.client = this.settings.build();
		List<Function<RequestSpec, Object>> ways = List.of((call) -> call.stream(String.class),
				(call) -> call.retrieve(String.class), (call) -> join(call.retrieveAsync(String.class)), (call) -> {
					CompletableFuture<String> failure = new CompletableFuture<>();
					call.publisher(String.class).subscribe(new Failures(failure));
					return join(failure);
				});
		for (Function<RequestSpec, Object> way : ways) {
			AtomicInteger closed = new AtomicInteger();
			RequestSpec call = this.client.route("items")
				.payload(new Unreadable())
				.payloads(Stream.of(1).onClose(closed::incrementAndGet));
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(() -> way.apply(call));
			assertThat(closed).hasValue(1);
		}
		AtomicInteger closed = new AtomicInteger();
		assertThatIllegalStateException().isThrownBy(
				() -> this.client.route("items").payloads(Stream.of(1).onClose(closed::incrementAndGet)).send());
		assertThat(closed).hasValue(1);
	}

	private static Object join(CompletableFuture<String> future) {
		try {
			return future.get(20, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw (RuntimeException) ex.getCause();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Cannot be converted. */
	public static final class Unreadable {

		public String getText() {
			throw new IllegalStateException("no text");
		}

	}

	/** Has no text of its own. */
	static final class Unspeakable extends Exception {

		@Override
		public String toString() {
			throw new IllegalStateException("no text");
		}

	}

	private record Failures(CompletableFuture<String> failure) implements Flow.Subscriber<String> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.request(1);
		}

		@Override
		public void onNext(String item) {
			this.failure.complete(item);
		}

		@Override
		public void onError(Throwable failure) {
			this.failure.completeExceptionally(failure);
		}

		@Override
		public void onComplete() {
			this.failure.complete("complete");
		}

	}

}
