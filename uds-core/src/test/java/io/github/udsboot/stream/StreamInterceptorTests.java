package io.github.udsboot.stream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.Status;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * What interceptors see and do around the calls of a client that stream.
 */
@Timeout(60)
class StreamInterceptorTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	@TempDir
	private Path directory;

	/** What the server was asked for. */
	private final Queue<UdsServerRequest> received = new ConcurrentLinkedQueue<>();

	private final Queue<String> events = new ConcurrentLinkedQueue<>();

	/** Routes and statuses, as the client has them. */
	private final Queue<String> recorded = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean closed = new AtomicBoolean();

	private StreamListener listener;

	private UdsTemplate uds;

	@AfterEach
	void stop() {
		this.uds.close();
		this.listener.close();
	}

	private void with(UdsClientInterceptor... interceptors) {
		withServer((request, chain) -> chain.proceed(request), interceptors);
	}

	private void withServer(UdsServerInterceptor server, UdsClientInterceptor... interceptors) {
		this.listener = new StreamListener(this.directory, TransportType.JDK, (request, chain) -> {
			this.received.add(request);
			return chain.proceed(request);
		}, server);
		this.uds = this.listener.client()
			.name("orders")
			.maxStreams(1)
			.interceptors((all) -> all.addAll(List.of(interceptors)))
			.recorder((route, status, nanos) -> this.recorded.add(route + " " + status))
			.build();
	}

	private UdsClientInterceptor telling(String name) {
		return (request, chain) -> {
			this.events.add(name);
			return chain.proceed(request).whenComplete((response, failure) -> {
				assertThat(Thread.currentThread().getName()).doesNotContain("client-streams");
				this.events.add(name + " " + ((failure != null) ? status(failure) : new String(response.payload())));
			});
		};
	}

	private static String status(Throwable failure) {
		return (failure instanceof UdsException known) ? known.getStatus().name() : failure.toString();
	}

	// --- what they see

	@Test
	void theySeeAStreamOnceFromItsBeginningToItsEnd() {
		with(telling("outer"), telling("inner"));
		CompletableFuture<Void> more = new CompletableFuture<>();
		Flux<String> words = Flux.just("a").concatWith(Flux.just("b").delaySubscription(Mono.fromFuture(more)));
		try (Stream<String> answers = this.uds.route("upper").payloads(words).stream(String.class)) {
			Iterator<String> iterator = answers.iterator();
			assertThat(iterator.next()).isEqualTo("A");
			assertThat(this.events).containsExactly("outer", "inner");
			more.complete(null);
			assertThat(iterator.next()).isEqualTo("B");
			assertThat(iterator.hasNext()).isFalse();
			assertThat(this.events).as("told before the caller").containsExactly("outer", "inner", "inner ", "outer ");
		}
		assertThat(this.recorded).containsExactly("upper OK");
	}

	@Test
	void theySeeTheRequest() {
		AtomicReference<UdsClientRequest> seen = new AtomicReference<>();
		AtomicReference<Thread> thread = new AtomicReference<>();
		with((request, chain) -> {
			seen.set(request);
			thread.set(Thread.currentThread());
			return chain.proceed(request);
		});
		for (Kind kind : Kind.values()) {
			RequestSpec call = this.uds.route("s{x}m", "u").header("Tenant", "a").payload(3).payloads(List.of(1));
			assertThat(kind.make(call)).containsExactly("4");
			assertThat(thread.get()).isSameAs(Thread.currentThread());
			assertThat(seen.get().client()).isEqualTo("orders");
			assertThat(seen.get().routeTemplate()).isEqualTo("s{x}m");
			assertThat(seen.get().route()).isEqualTo("sum");
			assertThat(seen.get().payload()).asString().isEqualTo("3");
			assertThat(seen.get().header("tenant")).isEqualTo("a");
			assertThat(seen.get().timeout()).isZero();
			assertThat(seen.get().streaming()).isTrue();
			assertThat(seen.get().oneWay()).isFalse();
		}
		assertThat(this.uds.request("one", "x", String.class)).isEqualTo("x");
		assertThat(seen.get().streaming()).as("a call").isFalse();
		try (Stream<Integer> numbers = this.uds.route("range")
			.payload(3)
			.timeout(Duration.ofSeconds(7))
			.stream(Integer.class)) {
			assertThat(numbers).hasSize(3);
		}
		assertThat(seen.get().timeout()).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void theySeeTheAnswerToAnUploadAndMayChangeIt() {
		with(telling("outer"), (request, chain) -> chain.proceed(request)
			.thenApply((response) -> new UdsClientResponse((new String(response.payload()) + "0").getBytes())));
		assertThat(this.uds.route("sum").payloads(List.of(1, 2)).retrieve(Long.class)).isEqualTo(30L);
		assertThat(this.uds.route("sum").payloads(List.of(1, 2)).retrieveAsync(Long.class)).succeedsWithin(BOUND)
			.isEqualTo(30L);
		assertThat(this.events).containsExactly("outer", "outer 30", "outer", "outer 30");
	}

	@Test
	void theySeeThatAStreamFailedAfterItsItems() {
		with(telling("outer"));
		try (Stream<Integer> numbers = this.uds.stream("failing", 3, Integer.class)) {
			Iterator<Integer> iterator = numbers.iterator();
			assertThat(List.of(iterator.next(), iterator.next(), iterator.next())).containsExactly(0, 1, 2);
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(iterator::next)
				.withMessageContaining("only 3");
			assertThat(this.events).containsExactly("outer", "outer OUT_OF_RANGE");
		}
	}

	@Test
	void theySeeThatTheCallerEndedTheStream() {
		with(telling("outer"));
		try (Stream<Long> numbers = this.uds.stream("endless", null, Long.class)) {
			assertThat(numbers.limit(2)).containsExactly(1L, 2L);
		}
		await().atMost(BOUND).untilAsserted(() -> assertThat(this.events).containsExactly("outer", "outer CANCELLED"));
		this.events.clear();
		CompletableFuture<Long> sum = this.uds.route("sum").payloads(Flux.<Integer>never()).retrieveAsync(Long.class);
		sum.cancel(true);
		await().atMost(BOUND).untilAsserted(() -> assertThat(this.events).containsExactly("outer", "outer CANCELLED"));
		assertThat(this.recorded).containsExactly("endless CANCELLED", "sum CANCELLED");
	}

	// --- what they do

	@ParameterizedTest
	@EnumSource
	void theyChangeHeadersAndPayload(Kind kind) {
		with((request, chain) -> chain.proceed(request.withHeader("Tenant", "a").withPayload("2".getBytes())));
		assertThat(kind.make(this.uds.route("sum").payload(7).payloads(List.of(1)))).containsExactly("3");
		assertThat(this.received.peek().header("tenant")).isEqualTo("a");
		assertThat(this.received.peek().payload()).asString().isEqualTo("2");
	}

	@ParameterizedTest
	@EnumSource
	void theyRefuseACallBeforeItIsMade(Kind kind) {
		with((request, chain) -> {
			throw new IllegalStateException("no token");
		});
		assertThatIllegalStateException()
			.isThrownBy(
					() -> kind.make(this.uds.route("sum").payloads(Stream.of(1).onClose(() -> this.closed.set(true)))))
			.withMessage("no token");
		assertThat(this.closed).isTrue();
		assertThat(this.received).isEmpty();
		assertThat(this.recorded).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void theyAnswerInPlaceOfTheServer(Kind kind) {
		with((request, chain) -> CompletableFuture.completedFuture(new UdsClientResponse("7".getBytes())));
		assertThat(kind.make(this.uds.route("sum").payloads(Stream.of(1).onClose(() -> this.closed.set(true)))))
			.containsExactly("7");
		assertThat(this.closed).isTrue();
		assertThat(this.received).isEmpty();
	}

	@Test
	void anEmptyAnswerInPlaceOfTheServerIsAStreamWithoutItems() {
		with((request, chain) -> CompletableFuture.completedFuture(new UdsClientResponse(new byte[0])));
		try (Stream<Integer> numbers = this.uds.stream("range", 3, Integer.class)) {
			assertThat(numbers).isEmpty();
		}
	}

	@Test
	void theirFailureIsTheEndOfTheStreamAndSoIsTheirResponse() {
		with((request, chain) -> chain.proceed(request).handle((response, failure) -> {
			if (request.header("forgive") == null) {
				throw new IllegalStateException("mine", failure);
			}
			return new UdsClientResponse("99".getBytes());
		}));
		List<Integer> taken = new ArrayList<>();
		try (Stream<Integer> numbers = this.uds.stream("failing", 3, Integer.class)) {
			assertThatIllegalStateException().isThrownBy(() -> numbers.forEach(taken::add)).withMessage("mine");
		}
		assertThat(taken).containsExactly(0, 1, 2);
		try (Stream<Integer> numbers = this.uds.route("failing")
			.payload(2)
			.header("forgive", "x")
			.stream(Integer.class)) {
			assertThat(numbers).containsExactly(0, 1);
		}
		try (Stream<Integer> numbers = this.uds.route("failing")
			.payload(0)
			.header("forgive", "x")
			.stream(Integer.class)) {
			assertThat(numbers).as("in place of no item").containsExactly(99);
		}
	}

	@Test
	void theyChangeTheTimeout() {
		with((request, chain) -> chain.proceed(request.withTimeout(Duration.ofMillis(200))));
		try (Stream<String> words = this.uds.route("stuck").stream(String.class)) {
			Iterator<String> iterator = words.iterator();
			assertThat(iterator.next()).isEqualTo("the only one");
			assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(iterator::next);
		}
		assertThatExceptionOfType(UdsDeadlineExceededException.class)
			.isThrownBy(() -> this.uds.route("later").payloads(List.of(1)).retrieve(String.class));
		assertThat(this.recorded).containsExactly("stuck DEADLINE_EXCEEDED", "later DEADLINE_EXCEEDED");
	}

	@Test
	void aCallerDoesNotWaitBeyondItsTimeoutForAnInterceptorThatNeverEnds() {
		with((request, chain) -> new CompletableFuture<>());
		assertThatExceptionOfType(UdsDeadlineExceededException.class)
			.isThrownBy(() -> this.uds.route("sum")
				.payloads(Stream.of(1).onClose(() -> this.closed.set(true)))
				.timeout(Duration.ofMillis(50))
				.retrieve(Long.class))
			.withMessageContaining("interceptor");
	}

	// --- again and elsewhere

	/** Asks for a token as soon as the server does. */
	private static CompletionStage<UdsClientResponse> again(UdsClientRequest request,
			UdsClientInterceptor.Chain chain) {
		return chain.proceed(request)
			.exceptionallyCompose((failure) -> chain.proceed(request.withHeader("token", "valid")));
	}

	private static CompletionStage<UdsServerResponse> requireToken(UdsServerRequest request,
			UdsServerInterceptor.Chain chain) {
		return (request.header("token") != null) ? chain.proceed(request)
				: CompletableFuture.completedFuture(UdsServerResponse.failed(Status.UNAUTHENTICATED, "no token"));
	}

	@Test
	void theyMakeACallAgainThatFailedBeforeItsFirstItem() {
		withServer(StreamInterceptorTests::requireToken, StreamInterceptorTests::again);
		try (Stream<Integer> numbers = this.uds.stream("range", 3, Integer.class)) {
			assertThat(numbers).containsExactly(0, 1, 2);
		}
		assertThat(this.received).hasSize(2);
		assertThat(this.recorded).containsExactly("range UNAUTHENTICATED", "range OK");
	}

	@Test
	void whatHasComeOrGoneDoesNotComeOrGoAgain() {
		with(StreamInterceptorTests::again);
		List<Integer> taken = new ArrayList<>();
		try (Stream<Integer> numbers = this.uds.stream("failing", 3, Integer.class)) {
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> numbers.forEach(taken::add))
				.withMessageContaining("only 3");
		}
		assertThat(taken).containsExactly(0, 1, 2);
		assertThat(this.received).hasSize(1);
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.uds.route("nowhere").payloads(List.of(1)).retrieve(Long.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
		assertThat(this.recorded).containsExactly("failing OUT_OF_RANGE", "nowhere UNIMPLEMENTED");
	}

	@Test
	void aCallIsNotMadeTwiceAtOnce() {
		with((request, chain) -> {
			CompletionStage<UdsClientResponse> first = chain.proceed(request);
			CompletionStage<UdsClientResponse> second = chain.proceed(request);
			return first.thenCombine(second, (one, other) -> other);
		});
		try (Stream<Integer> numbers = this.uds.stream("range", 3, Integer.class)) {
			assertThat(numbers).containsExactly(0, 1, 2);
		}
		assertThat(this.received).hasSize(1);
	}

	@Test
	void theyMakeAnUploadAgainThatWasNotSent() {
		AtomicBoolean again = new AtomicBoolean();
		with((request, chain) -> chain.proceed(request).exceptionallyCompose((failure) -> {
			assertThat(failure).isInstanceOf(UdsUnavailableException.class);
			again.set(true);
			this.listener.container.start();
			return chain.proceed(request);
		}));
		this.listener.close();
		try (UdsTemplate hasty = this.listener.client()
			.waitForServer(Duration.ZERO)
			.interceptors(
					(all) -> all.add((request, chain) -> chain.proceed(request).exceptionallyCompose((failure) -> {
						again.set(true);
						this.listener.container.start();
						return chain.proceed(request);
					})))
			.build()) {
			assertThat(hasty.route("sum").payloads(List.of(1, 2)).retrieve(Long.class)).isEqualTo(3L);
		}
		assertThat(again).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void theyMayGoOnLaterAndElsewhereWithoutKeepingThatThreadWaiting(Kind kind) {
		CountDownLatch proceeded = new CountDownLatch(1);
		with((request, chain) -> {
			CompletableFuture<UdsClientResponse> response = new CompletableFuture<>();
			new Thread(() -> {
				chain.proceed(request).thenAccept(response::complete);
				proceeded.countDown();
			}, "elsewhere").start();
			return response;
		});
		Stream<Integer> numbers = Stream.generate(() -> {
			try {
				proceeded.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return 1;
		}).limit(2);
		assertThat(kind.make(this.uds.route("sum").payloads(numbers))).containsExactly("2");
	}

	@Test
	void whatIsCancelledBeforeTheyProceedIsNotCalledFor() {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		with((request, chain) -> gate.thenCompose((opened) -> chain.proceed(request))
			.whenComplete((response, failure) -> this.events.add(failure.getClass().getSimpleName())));
		Stream<Integer> numbers = Stream.of(1).onClose(() -> this.closed.set(true));
		CompletableFuture<Long> sum = this.uds.route("sum").payloads(numbers).retrieveAsync(Long.class);
		Stream<Integer> range = this.uds.stream("range", 3, Integer.class);
		sum.cancel(true);
		range.close();
		gate.complete(null);
		await().atMost(BOUND)
			.untilAsserted(() -> assertThat(this.events).containsExactly("CompletionException", "CompletionException"));
		assertThat(this.closed).isTrue();
		assertThat(this.received).isEmpty();
	}

	@Test
	void whatIsCancelledBetweenTwoAttemptsIsNotCalledForAgain() {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		CountDownLatch failed = new CountDownLatch(1);
		withServer(StreamInterceptorTests::requireToken,
				(request, chain) -> chain.proceed(request).exceptionallyCompose((failure) -> {
					failed.countDown();
					return gate.thenCompose((opened) -> chain.proceed(request.withHeader("token", "valid")));
				}));
		Stream<Integer> range = this.uds.stream("range", 3, Integer.class);
		await().atMost(BOUND).until(() -> failed.getCount() == 0);
		range.close();
		gate.complete(null);
		try (Stream<Integer> next = this.uds.stream("range", 3, Integer.class)) {
			assertThat(next).as("has the only permit").hasSize(3);
		}
		assertThat(this.received).as("one and two").hasSize(3);
	}

	@Test
	void anInterceptorThatDoesNotWaitEndsTheStream() {
		with((request, chain) -> {
			chain.proceed(request);
			return CompletableFuture.failedFuture(new IllegalStateException("in a hurry"));
		});
		try (Stream<Long> numbers = this.uds.stream("endless", null, Long.class)) {
			assertThat(catchThrowable(numbers::count)).hasMessage("in a hurry");
			await().atMost(BOUND).untilTrue(this.listener.handlers.closed);
		}
		assertThat(this.recorded).containsExactly("endless CANCELLED");
	}

	/** The forms of a call that streams. */
	enum Kind {

		STREAM, PUBLISHER, UPLOAD, UPLOAD_ASYNC;

		/** Make the call and return what came of it. */
		List<String> make(RequestSpec call) {
			switch (this) {
				case STREAM -> {
					try (Stream<String> items = call.stream(String.class)) {
						return items.toList();
					}
				}
				case PUBLISHER -> {
					Flow.Publisher<String> items = call.publisher(String.class);
					return JdkFlowAdapter.flowPublisherToFlux(items).collectList().block(BOUND);
				}
				case UPLOAD -> {
					return List.of(call.retrieve(String.class));
				}
				default -> {
					return List.of(get(call.retrieveAsync(String.class)));
				}
			}
		}

		private static String get(CompletableFuture<String> future) {
			await().atMost(BOUND).until(future::isDone);
			Throwable failure = catchThrowable(future::get);
			if (failure != null) {
				throw (RuntimeException) failure.getCause();
			}
			return future.getNow(null);
		}

	}

}
