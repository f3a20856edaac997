package io.github.udsboot.stream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.client.service.UdsServiceProxyFactory;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Callers that lose interest in a call that streams: it ends on both sides, and nothing
 * of it is left.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class StreamCancellationTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	/** Routes and statuses, as the client has them. */
	private final Queue<String> recorded = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean closed = new AtomicBoolean();

	private StreamListener listener;

	private UdsTemplate uds;

	@BeforeEach
	void start() {
		this.listener = new StreamListener(this.directory, this.transport);
		this.uds = client().build();
	}

	@AfterEach
	void stop() {
		this.uds.close();
		this.listener.close();
	}

	/** Has one permit: whoever begins a stream after another one shows that it ended. */
	private UdsTemplateBuilder client() {
		return this.listener.client()
			.name("cancelling")
			.maxStreams(1)
			.recorder((route, status, nanos) -> this.recorded.add(route + " " + status));
	}

	private void awaitNothingLeft(String route) {
		await().atMost(BOUND).untilAsserted(() -> {
			assertThat(this.recorded).containsExactly(route + " CANCELLED");
			assertThat(this.listener.recorded).containsExactly(route + " CANCELLED");
		});
		await().atMost(BOUND).until(this.listener::isIdle);
		await().atMost(BOUND).until(() -> this.listener.container.stats().connections() == 0);
		assertThat(this.uds.route("sum").payloads(List.of(1, 2)).retrieve(Long.class)).isEqualTo(3);
	}

	@Test
	void cancellingTheFutureOfAnUploadEndsTheCallAndItsSource() {
		Stream<Integer> endless = Stream.generate(() -> 1).onClose(() -> this.closed.set(true));
		CompletableFuture<Long> sum = this.uds.route("sum").payloads(endless).retrieveAsync(Long.class);
		await().atMost(BOUND).until(() -> this.listener.handlers.taken.get() > 1_000);
		assertThat(sum.cancel(true)).isTrue();
		await().atMost(BOUND).untilTrue(this.closed);
		await().atMost(BOUND).until(() -> this.listener.handlers.failure.get() != null);
		awaitNothingLeft("sum");
	}

	@Test
	void cancellingTheFutureInterruptsASourceThatWaits() throws Exception {
		CountDownLatch waiting = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		Iterable<Integer> stuck = () -> new Iterator<>() {

			@Override
			public boolean hasNext() {
				waiting.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.set(true);
				}
				return false;
			}

			@Override
			public Integer next() {
				return 1;
			}

		};
		CompletableFuture<Long> sum = this.uds.route("sum").payloads(stuck).retrieveAsync(Long.class);
		assertThat(waiting.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
		sum.cancel(true);
		await().atMost(BOUND).untilTrue(interrupted);
		awaitNothingLeft("sum");
	}

	@Test
	void cancellingTheFutureCancelsThePublisherThatIsTheSource() {
		AtomicBoolean cancelled = new AtomicBoolean();
		Flux<Integer> numbers = Flux.<Integer>never().startWith(1).doOnCancel(() -> cancelled.set(true));
		CompletableFuture<Long> sum = this.uds.route("sum").payloads(numbers).retrieveAsync(Long.class);
		await().atMost(BOUND).until(() -> this.listener.handlers.taken.get() == 1);
		sum.cancel(true);
		await().atMost(BOUND).untilTrue(cancelled);
		awaitNothingLeft("sum");
	}

	@Test
	void disposingOfAMonoOfATypedClientEndsTheUpload() {
		CountService service = UdsServiceProxyFactory.builder(this.uds).build().createClient(CountService.class);
		AtomicBoolean subscribed = new AtomicBoolean();
		AtomicBoolean cancelled = new AtomicBoolean();
		Flux<Integer> numbers = Flux.<Integer>never()
			.startWith(1)
			.doOnSubscribe((subscription) -> subscribed.set(true))
			.doOnCancel(() -> cancelled.set(true));
		Disposable subscription = service.count(numbers).subscribe();
		await().atMost(BOUND).until(() -> this.listener.container.stats().requestsInFlight() == 1);
		// the server may have the request before the items are asked for
		await().atMost(BOUND).untilTrue(subscribed);
		subscription.dispose();
		await().atMost(BOUND).untilTrue(cancelled);
		awaitNothingLeft("count");
	}

	@Test
	void anUploadThatWaitsForItsAnswerHoldsNoThread() {
		try (UdsTemplate many = client().name("patient").maxStreams(16).build()) {
			List<CompletableFuture<String>> answers = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				answers.add(many.route("later").payloads(List.of(i)).retrieveAsync(String.class));
			}
			await().atMost(BOUND).until(() -> this.listener.handlers.waiting.get() == 16);
			await().atMost(BOUND).until(() -> busyThreads("uds-patient-client-upload") == 0);
			this.listener.handlers.answer.complete("at last");
			assertThat(answers).allSatisfy((answer) -> assertThat(answer).succeedsWithin(BOUND).isEqualTo("at last"));
		}
	}

	/** A thread of a pool that waits for a task is in its pool's method of that name. */
	private static long busyThreads(String name) {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((thread) -> thread.getKey().getName().equals(name)
					&& Stream.of(thread.getValue()).noneMatch((element) -> element.getMethodName().equals("getTask")))
			.count();
	}

	@Test
	void cancellingWhileTheServerIsAwayEndsTheWait() {
		this.listener.close();
		try (UdsTemplate waiting = awayFor(Duration.ofMinutes(10))) {
			Stream<Integer> numbers = Stream.of(1).onClose(() -> this.closed.set(true));
			CompletableFuture<Long> sum = waiting.route("sum").payloads(numbers).retrieveAsync(Long.class);
			await().atMost(BOUND).until(() -> busyThreads("uds-waiting-client-upload") == 1);
			assertThat(this.recorded).isEmpty();
			sum.cancel(true);
			await().atMost(BOUND).untilTrue(this.closed);
			assertThat(this.recorded).containsExactly("sum CANCELLED");
			await().atMost(BOUND).until(() -> busyThreads("uds-waiting-client-upload") == 0);
		}
	}

	@Test
	void subscribingDoesNotWaitForTheServer() {
		this.listener.close();
		try (UdsTemplate waiting = awayFor(Duration.ofMinutes(10))) {
			AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
			AtomicReference<Throwable> failure = new AtomicReference<>();
			waiting.route("endless").publisher(Long.class).subscribe(new Keeper(subscription, failure));
			await().atMost(BOUND).until(() -> busyThreads("uds-waiting-client-upload") == 1);
			subscription.get().cancel();
			await().atMost(BOUND).untilAsserted(() -> assertThat(this.recorded).containsExactly("endless CANCELLED"));
			assertThat(failure).as("a subscriber that has cancelled is told nothing").hasNullValue();
		}
		this.recorded.clear();
		try (UdsTemplate hasty = awayFor(Duration.ZERO)) {
			AtomicReference<Throwable> failure = new AtomicReference<>();
			hasty.route("endless").publisher(Long.class).subscribe(new Keeper(new AtomicReference<>(), failure));
			await().atMost(BOUND).until(() -> failure.get() instanceof UdsUnavailableException);
			assertThat(this.recorded).containsExactly("endless UNAVAILABLE");
		}
	}

	private UdsTemplate awayFor(Duration patience) {
		return client().name("waiting")
			.waitForServer(patience)
			.backoff(Duration.ofMinutes(10), Duration.ofMinutes(10))
			.build();
	}

	@Test
	void interruptingWhoeverWaitsForTheAnswerEndsTheCall() throws Exception {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicBoolean stillInterrupted = new AtomicBoolean();
		Thread caller = new Thread(() -> {
			try {
				this.uds.route("sum").payloads(Flux.<Integer>never().startWith(1)).retrieve(Long.class);
			}
			catch (RuntimeException ex) {
				failure.set(ex);
				stillInterrupted.set(Thread.currentThread().isInterrupted());
			}
		});
		caller.start();
		await().atMost(BOUND).until(() -> this.listener.handlers.taken.get() == 1);
		caller.interrupt();
		caller.join(BOUND.toMillis());
		assertThat(failure.get()).isInstanceOf(UdsCancelledException.class);
		assertThat(stillInterrupted).isTrue();
		awaitNothingLeft("sum");
	}

	@Test
	void closingTheClientFailsUploadsUnderWayAndThoseThatFollow() {
		CompletableFuture<Long> sum = this.uds.route("sum")
			.payloads(Flux.<Integer>never().startWith(1).doOnCancel(() -> this.closed.set(true)))
			.retrieveAsync(Long.class);
		await().atMost(BOUND).until(() -> this.listener.handlers.taken.get() == 1);
		this.uds.close();
		assertThat(sum).failsWithin(BOUND);
		await().atMost(BOUND).untilTrue(this.closed);
		Stream<Integer> numbers = Stream.of(1);
		AtomicBoolean unsentClosed = new AtomicBoolean();
		CompletableFuture<Long> late = this.uds.route("sum")
			.payloads(numbers.onClose(() -> unsentClosed.set(true)))
			.retrieveAsync(Long.class);
		assertThat(late).failsWithin(BOUND).withThrowableThat().withCauseInstanceOf(UdsCancelledException.class);
		assertThat(unsentClosed).isTrue();
	}

	@Test
	void theFutureOfAnUploadIsCompletedInTheContextOfItsCaller() {
		ThreadLocal<String> context = new ThreadLocal<>();
		try (UdsTemplate decorated = client().maxStreams(2).taskDecorator((task) -> {
			String captured = context.get();
			return () -> {
				context.set(captured);
				task.run();
				context.remove();
			};
		}).build()) {
			context.set("the caller's");
			CompletableFuture<String> seen = decorated.route("later")
				.payloads(List.of(1))
				.retrieveAsync(String.class)
				.thenApply((answer) -> context.get());
			context.remove();
			await().atMost(BOUND).until(() -> this.listener.handlers.waiting.get() == 1);
			this.listener.handlers.answer.complete("x");
			assertThat(seen).succeedsWithin(BOUND).isEqualTo("the caller's");
		}
	}

	interface CountService {

		@UdsExchange("count")
		Mono<Long> count(Flux<Integer> numbers);

	}

	/** Keeps what it is told. */
	private record Keeper(AtomicReference<Flow.Subscription> subscription,
			AtomicReference<Throwable> failure) implements Flow.Subscriber<Long> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription.set(subscription);
		}

		@Override
		public void onNext(Long item) {
			throw new IllegalStateException("Nothing was asked for");
		}

		@Override
		public void onError(Throwable failure) {
			this.failure.set(failure);
		}

		@Override
		public void onComplete() {
			throw new IllegalStateException("There is no end");
		}

	}

}
