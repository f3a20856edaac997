package io.github.udsboot.client;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Interceptors whose stages do not complete: the call has its outcome all the same, once,
 * when its time is over or its client is closed.
 */
@Timeout(60)
class SilentInterceptorTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final Duration SHORT = Duration.ofMillis(50);

	private final TestListener listener = new TestListener();

	private final Queue<String> received = new ConcurrentLinkedQueue<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CompletableFuture<UdsClientResponse> never = new CompletableFuture<>();

	private final AtomicInteger closed = new AtomicInteger();

	private UdsTemplate client;

	@AfterEach
	void stop() {
		if (this.client != null) {
			this.client.close();
		}
		this.threads.shutdownNow();
		this.listener.close();
	}

	private void with(UdsClientInterceptor interceptor) {
		this.listener.handle("get", (request, callback) -> {
			this.received.add(request.route());
			callback.reply(UdsReply.ok(request.payload()));
		}).handle("fail", (request, callback) -> {
			this.received.add(request.route());
			callback.reply(UdsReply.failed(Status.NOT_FOUND, "none"));
		}).options((options) -> options.setDrainTimeout(Duration.ofMillis(1))).start();
		this.client = this.listener.client().interceptor(interceptor).build();
	}

	private RequestSpec call(String route) {
		return this.client.route(route).payload("x");
	}

	private Throwable failure(Way way, RequestSpec call) throws Exception {
		FutureTask<Throwable> task = new FutureTask<>(() -> catchThrowable(() -> way.make(call, this.closed)));
		this.threads.execute(task);
		return task.get(BOUND.toSeconds(), TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@EnumSource
	void theCallEndsInTimeThoughTheyNeverGoOn(Way way) throws Exception {
		with((request, chain) -> this.never);
		assertThat(failure(way, call("get").timeout(SHORT))).isInstanceOf(UdsDeadlineExceededException.class)
			.hasMessageContaining("interceptor");
		assertThat(this.client.getConnectionFactory().stats().connects()).isZero();
		assertItemsAreClosed(way);
	}

	@ParameterizedTest
	@EnumSource
	void theCallEndsInTimeThoughTheyKeepWhatCameOfIt(Way way) throws Exception {
		CountDownLatch ended = new CountDownLatch(1);
		with((request, chain) -> {
			chain.proceed(request).whenComplete((response, failure) -> ended.countDown());
			return this.never;
		});
		assertThat(failure(way, call("fail").timeout(SHORT))).isInstanceOf(UdsDeadlineExceededException.class);
		assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
		assertItemsAreClosed(way);
	}

	@ParameterizedTest
	@EnumSource
	void whatTheySayAfterwardsReachesNobody(Way way) throws Exception {
		CompletableFuture<UdsClientResponse> late = new CompletableFuture<>();
		with((request, chain) -> late);
		AtomicInteger told = new AtomicInteger();
		CompletableFuture<Void> ended = way.observe(call("get").timeout(SHORT), told, this.threads);
		assertThat(ended).succeedsWithin(BOUND);
		late.complete(new UdsClientResponse("late".getBytes()));
		assertThat(told).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void whatTheyGoOnWithAfterwardsIsNotCalled(Way way) throws Exception {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		Queue<Object> late = new ConcurrentLinkedQueue<>();
		with((request, chain) -> {
			CompletableFuture<UdsClientResponse> last = gate
				.thenCompose((opened) -> chain.proceed(request.withTimeout(Duration.ofHours(1))));
			last.handle((response, failure) -> late.add((failure != null) ? failure : response));
			return last;
		});
		assertThat(failure(way, call("get").timeout(SHORT))).isInstanceOf(UdsDeadlineExceededException.class);
		gate.complete(null);
		Callers.await().until(() -> !late.isEmpty());
		assertThat(late.peek()).isInstanceOf(Throwable.class);
		assertThat(this.received).isEmpty();
	}

	/** What the last attempt ended with comes a moment after the deadline. */
	@Test
	void theyMaySayWhatFollowsFromADeadline() {
		// a server that is silent, too: one that keeps the deadline would be quicker
		try (ScriptedServer silent = new ScriptedServer().start();
				UdsTemplate client = UdsTemplate.builder()
					.path(silent.path().toString())
					.interceptor((request, chain) -> chain.proceed(request)
						.exceptionally((failure) -> new UdsClientResponse("instead".getBytes())))
					.build()) {
			assertThat(client.route("hang").payload("x").timeout(SHORT).retrieveAsync(String.class))
				.succeedsWithin(BOUND)
				.isEqualTo("instead");
		}
	}

	@Test
	void aLongerTimeThatTheyGiveIsKept() {
		CountDownLatch over = new CountDownLatch(1);
		with((request, chain) -> chain.proceed(request.withTimeout(BOUND)));
		this.listener.handle("slow", (request, callback) -> {
			over.await();
			callback.reply(UdsReply.ok("done".getBytes()));
		});
		CompletableFuture<String> answer = call("slow").timeout(SHORT).retrieveAsync(String.class);
		CompletableFuture<String> other = call("slow").timeout(Duration.ofMillis(400)).retrieveAsync(String.class);
		assertThat(catchThrowable(() -> answer.get(500, TimeUnit.MILLISECONDS)))
			.isInstanceOf(java.util.concurrent.TimeoutException.class);
		over.countDown();
		assertThat(answer).succeedsWithin(BOUND).isEqualTo("done");
		assertThat(other).succeedsWithin(BOUND).isEqualTo("done");
	}

	@ParameterizedTest
	@EnumSource(names = { "ASYNC", "UPLOAD_ASYNC", "STREAM", "PUBLISHER", "UPLOAD" })
	void theCallEndsWithItsClient(Way way) throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		with((request, chain) -> {
			begun.countDown();
			return this.never;
		});
		FutureTask<Throwable> task = new FutureTask<>(
				() -> catchThrowable(() -> way.make(call("get").timeout(Duration.ofHours(1)), this.closed)));
		this.threads.execute(task);
		assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
		this.client.close();
		assertThat(task.get(20, TimeUnit.SECONDS)).isInstanceOf(UdsCancelledException.class)
			.hasMessageContaining("closed");
		assertItemsAreClosed(way);
	}

	@Test
	void aCallOfAClosedClientEndsThoughTheyNeverGoOn() {
		with((request, chain) -> this.never);
		this.client.close();
		assertThat(call("get").retrieveAsync(String.class)).failsWithin(BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsCancelledException.class);
	}

	@Test
	void nothingIsKeptOfACallThatHasEnded() throws Exception {
		with((request, chain) -> chain.proceed(request));
		List<CompletableFuture<String>> answers = Stream.generate(() -> call("get").retrieveAsync(String.class))
			.limit(50)
			.toList();
		answers.forEach((answer) -> assertThat(answer).succeedsWithin(BOUND));
		SharedConnections connections = TestClient.connections(this.client);
		Callers.await().until(() -> connections.intercepted().size() == 0);
	}

	private void assertItemsAreClosed(Way way) {
		if (way.sendsItems()) {
			Callers.await().until(() -> this.closed.get() == 1);
		}
	}

	/** The ways to make a call. */
	enum Way {

		BLOCKING(false, (call) -> call.retrieve(String.class)),

		ASYNC(false, (call) -> get(call.retrieveAsync(String.class))),

		SEND(false, (call) -> {
			call.send();
			return null;
		}),

		UPLOAD(true, (call) -> call.retrieve(String.class)),

		UPLOAD_ASYNC(true, (call) -> get(call.retrieveAsync(String.class))),

		STREAM(false, (call) -> {
			try (Stream<String> items = call.stream(String.class)) {
				return items.toList();
			}
		}),

		TWO_WAY(true, (call) -> {
			try (Stream<String> items = call.stream(String.class)) {
				return items.toList();
			}
		}),

		PUBLISHER(false, (call) -> get(subscribe(call, new AtomicInteger())));

		private final boolean items;

		private final Function<RequestSpec, Object> way;

		Way(boolean items, Function<RequestSpec, Object> way) {
			this.items = items;
			this.way = way;
		}

		boolean sendsItems() {
			return this.items;
		}

		Object make(RequestSpec call, AtomicInteger closed) {
			return this.way
				.apply(this.items ? call.payloads(Stream.of("a", "b").onClose(closed::incrementAndGet)) : call);
		}

		/** Count what is told, where more could be than one thing. */
		CompletableFuture<Void> observe(RequestSpec call, AtomicInteger told, ExecutorService threads) {
			CompletableFuture<?> outcome = switch (this) {
				case ASYNC -> call.retrieveAsync(String.class);
				case UPLOAD_ASYNC -> call.payloads(List.of("a")).retrieveAsync(String.class);
				case PUBLISHER -> {
					subscribe(call, told);
					yield null;
				}
				default -> CompletableFuture.runAsync(() -> make(call, new AtomicInteger()), threads);
			};
			if (outcome != null) {
				outcome.whenComplete((value, failure) -> told.incrementAndGet());
			}
			return CompletableFuture.runAsync(() -> Callers.await().until(() -> told.get() > 0), threads);
		}

		private static CompletableFuture<String> subscribe(RequestSpec call, AtomicInteger told) {
			CompletableFuture<String> end = new CompletableFuture<>();
			call.publisher(String.class).subscribe(new Flow.Subscriber<>() {

				@Override
				public void onSubscribe(Flow.Subscription subscription) {
					subscription.request(Long.MAX_VALUE);
				}

				@Override
				public void onNext(String item) {
					told.incrementAndGet();
				}

				@Override
				public void onError(Throwable failure) {
					end.completeExceptionally(failure);
					told.incrementAndGet();
				}

				@Override
				public void onComplete() {
					end.complete("complete");
					told.incrementAndGet();
				}

			});
			return end;
		}

		private static Object get(CompletableFuture<String> future) {
			Callers.await().until(future::isDone);
			Throwable failure = catchThrowable(future::get);
			if (failure != null && failure.getCause() instanceof UdsException known) {
				throw known;
			}
			return future.getNow(null);
		}

	}

}
