package io.github.udsboot.stream;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.service.UdsServiceProxyFactory;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Streams between a listener with handler methods and a template.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class StreamTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	private final StreamHandlers handlers = new StreamHandlers();

	private final ConcurrentLinkedQueue<String> recorded = new ConcurrentLinkedQueue<>();

	private UdsListenerContainer container;

	private UdsTemplate uds;

	@BeforeEach
	void start() {
		HandlerRegistry registry = new HandlerRegistry();
		for (Method method : StreamHandlers.class.getDeclaredMethods()) {
			if (!method.isSynthetic()) {
				registry.register(new UdsHandlerEndpoint(Set.of("test"), method.getName(), () -> this.handlers,
						StreamHandlers.class, method, Execution.AUTO));
			}
		}
		Path path = this.directory.resolve("test.sock");
		UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(path));
		options.setTransport(this.transport);
		CallRecorder recorder = (route, status, nanos) -> this.recorded.add(route + " " + status);
		this.container = new UdsListenerContainer(options, registry.routerFor("test"), recorder, null);
		this.container.start();
		this.uds = UdsTemplate.builder().path(path.toString()).transport(this.transport).build();
	}

	@AfterEach
	void stop() {
		this.uds.close();
		this.container.stop();
		assertThat(this.directory.resolve("test.sock")).satisfies((path) -> assertThat(Files.exists(path)).isFalse());
	}

	// --- from the server

	@Test
	void itemsArriveInOrder() {
		try (Stream<Integer> numbers = this.uds.stream("range", 100_000, Integer.class)) {
			assertThat(numbers).containsExactlyElementsOf(IntStream.range(0, 100_000).boxed().toList());
		}
		await().atMost(BOUND).untilAsserted(() -> assertThat(this.recorded).containsExactly("range OK"));
	}

	@Test
	void anEmptyStreamHasNoItem() {
		try (Stream<Integer> numbers = this.uds.stream("range", 0, Integer.class)) {
			assertThat(numbers).isEmpty();
		}
	}

	@Test
	void anIterableIsAStreamAndAListIsOneAnswer() {
		try (Stream<String> words = this.uds.stream("words", "to be or", String.class)) {
			assertThat(words).containsExactly("to", "be", "or");
		}
		assertThat(this.uds.request("list", "to be or", String[].class)).containsExactly("to", "be", "or");
	}

	@Test
	void whatAPublisherPublishesIsAStream() {
		try (Stream<Integer> numbers = this.uds.stream("published", 10_000, Integer.class)) {
			assertThat(numbers).containsExactlyElementsOf(IntStream.range(0, 10_000).boxed().toList());
		}
	}

	@Test
	void oneAnswerIsAStreamOfOneItem() {
		try (Stream<String> words = this.uds.stream("one", "only", String.class)) {
			assertThat(words).containsExactly("only");
		}
	}

	@Test
	void aStreamThatIsCalledForOneAnswerIsRefused() {
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.uds.request("range", 3, Integer.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED))
			.withMessageContaining("call it as one");
		assertThat(this.uds.request("one", "still here", String.class)).isEqualTo("still here");
	}

	@Test
	void aStreamThatCannotBeClosedIsRefusedAllTheSame() {
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.uds.request("closedBadly", null, Integer.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
		await().atMost(BOUND).until(() -> this.container.stats().requestsInFlight() == 0);
	}

	@Test
	void anUnknownRouteFailsWhereTheFirstItemIsTaken() {
		try (Stream<String> words = this.uds.stream("nowhere", null, String.class)) {
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(words::findFirst)
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
		}
	}

	@Test
	void aFailureComesAfterTheItemsBefore() {
		List<Integer> taken = new ArrayList<>();
		try (Stream<Integer> numbers = this.uds.stream("failing", 3, Integer.class)) {
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> numbers.forEach(taken::add))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.OUT_OF_RANGE))
				.withMessageContaining("only 3");
		}
		assertThat(taken).containsExactly(0, 1, 2);
		try (Stream<Integer> numbers = this.uds.stream("crashing", null, Integer.class)) {
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(numbers::toList)
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INTERNAL))
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("secret"));
		}
	}

	@Test
	void closingEarlyStopsTheProducer() {
		try (Stream<Long> numbers = this.uds.stream("endless", null, Long.class)) {
			assertThat(numbers.limit(5)).containsExactly(1L, 2L, 3L, 4L, 5L);
		}
		await().atMost(BOUND).untilTrue(this.handlers.closed);
		await().atMost(BOUND).untilAsserted(() -> assertThat(this.recorded).containsExactly("endless CANCELLED"));
		await().atMost(BOUND).until(() -> this.container.stats().requestsInFlight() == 0);
	}

	@Test
	void closingEarlyInterruptsAProducerThatWaits() throws Exception {
		try (Stream<String> words = this.uds.stream("stuck", null, String.class)) {
			assertThat(words.findFirst()).contains("the only one");
			assertThat(this.handlers.blocked.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		await().atMost(BOUND).untilTrue(this.handlers.interrupted);
	}

	@Test
	void aConsumerThatPausesStopsTheProducerAndNobodyElse() {
		try (Stream<Long> numbers = this.uds.stream("endless", null, Long.class)) {
			Iterator<Long> iterator = numbers.iterator();
			assertThat(iterator.next()).isEqualTo(1);
			long[] last = { -1 };
			// a producer that waits for a processor has not paused yet
			await().atMost(BOUND).pollInterval(Duration.ofMillis(100)).during(Duration.ofSeconds(1)).until(() -> {
				long before = last[0];
				last[0] = this.handlers.produced.get();
				return before == last[0];
			});
			for (int i = 0; i < 1_000; i++) {
				assertThat(this.uds.request("one", "x", String.class)).isEqualTo("x");
			}
			assertThat(this.handlers.produced.get()).isEqualTo(last[0]);
			for (long next = 2; next < last[0] + 100_000; next++) {
				assertThat(iterator.next()).isEqualTo(next);
			}
		}
	}

	@Test
	void aStreamMayHaveADeadline() {
		try (Stream<String> words = this.uds.route("stuck").timeout(Duration.ofMillis(200)).stream(String.class)) {
			Iterator<String> iterator = words.iterator();
			assertThat(iterator.next()).isEqualTo("the only one");
			assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(iterator::next);
		}
		await().atMost(BOUND).untilTrue(this.handlers.interrupted);
	}

	@Test
	void aStreamThatLosesItsConnectionFails() {
		try (Stream<Long> numbers = this.uds.stream("endless", null, Long.class)) {
			Iterator<Long> iterator = numbers.iterator();
			iterator.next();
			this.uds.close();
			assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(() -> {
				while (iterator.hasNext()) {
					iterator.next();
				}
			});
		}
		await().atMost(BOUND).untilTrue(this.handlers.closed);
	}

	@Test
	void oneStreamTooManyIsRefusedUntilAnotherIsClosed() {
		List<Stream<Long>> open = new ArrayList<>();
		try {
			for (int i = 0; i < 64; i++) {
				open.add(this.uds.stream("endless", null, Long.class));
			}
			assertThatExceptionOfType(UdsLimitExceededException.class)
				.isThrownBy(() -> this.uds.stream("endless", null, Long.class))
				.withMessageContaining("64")
				.withMessageContaining("'max-streams'");
			open.remove(0).close();
			open.add(this.uds.stream("endless", null, Long.class));
		}
		finally {
			open.forEach(Stream::close);
		}
		await().atMost(BOUND).until(() -> this.container.stats().requestsInFlight() == 0);
	}

	@Test
	void whoHasSeenTheEndOfAStreamMayBeginTheNext() throws Exception {
		List<CompletableFuture<Void>> callers = new ArrayList<>();
		ExecutorService threads = Executors.newCachedThreadPool();
		try {
			for (int i = 0; i < 64; i++) {
				callers.add(CompletableFuture.runAsync(() -> {
					for (int round = 0; round < 20; round++) {
						try (Stream<Integer> numbers = this.uds.stream("range", 3, Integer.class)) {
							assertThat(numbers).containsExactly(0, 1, 2);
						}
					}
				}, threads));
			}
			assertThat(CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new))).succeedsWithin(BOUND);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void theLimitOfStreamsCanBeSetAndDoesNotConcernCalls() {
		String path = this.directory.resolve("test.sock").toString();
		try (UdsTemplate two = UdsTemplate.builder().path(path).transport(this.transport).maxStreams(2).build();
				Stream<Long> first = two.stream("endless", null, Long.class);
				Stream<Long> second = two.stream("endless", null, Long.class)) {
			assertThatExceptionOfType(UdsLimitExceededException.class)
				.isThrownBy(() -> two.route("sum").payloads(List.of(1)).retrieve(Long.class))
				.withMessageContaining("2 open streams");
			assertThat(two.request("one", "x", String.class)).isEqualTo("x");
			assertThat(first.findFirst()).isPresent();
			assertThat(second.findFirst()).isPresent();
		}
		assertThatIllegalArgumentException().isThrownBy(() -> UdsTemplate.builder().maxStreams(0))
			.withMessageContaining("maxStreams");
	}

	@Test
	void aSubscriberGetsNoMoreThanItAskedFor() throws Exception {
		BlockingQueue<Long> taken = new LinkedBlockingQueue<>();
		AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
		AtomicInteger ends = new AtomicInteger();
		this.uds.route("endless").publisher(Long.class).subscribe(new Flow.Subscriber<>() {

			@Override
			public void onSubscribe(Flow.Subscription given) {
				subscription.set(given);
			}

			@Override
			public void onNext(Long item) {
				taken.add(item);
			}

			@Override
			public void onError(Throwable failure) {
				ends.incrementAndGet();
			}

			@Override
			public void onComplete() {
				ends.incrementAndGet();
			}

		});
		for (long next = 1; next <= 1_000; next += 10) {
			subscription.get().request(10);
			for (long expected = next; expected < next + 10; expected++) {
				assertThat(taken.poll(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(expected);
			}
			assertThat(taken).isEmpty();
		}
		subscription.get().cancel();
		await().atMost(BOUND).untilTrue(this.handlers.closed);
		assertThat(taken).isEmpty();
		assertThat(ends).hasValue(0);
	}

	// --- to the server

	@Test
	void itemsThatAClientSendsHaveOneAnswer() throws Exception {
		Stream<Integer> numbers = IntStream.range(0, 100_000).boxed();
		assertThat(this.uds.route("sum").payloads(numbers).retrieve(Long.class)).isEqualTo(4_999_950_000L);
		assertThat(this.uds.route("sum").payloads(List.of()).retrieve(Long.class)).isEqualTo(0L);
		assertThat(this.uds.route("sum")
			.payloads(List.of(1, 2))
			.retrieveAsync(Long.class)
			.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(3L);
		assertThat(this.uds.request("sum", 7, Long.class)).as("one item").isEqualTo(7L);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		assertThat(this.uds.route("nowhere")
			.payloads(List.of(1))
			.retrieveAsync(Long.class)
			.whenComplete((sum, ex) -> failure.set(ex))).failsWithin(BOUND);
		assertThat(failure.get()).as("not wrapped").isInstanceOf(UdsRemoteException.class);
	}

	@Test
	void anUploadCompletesThoughTheExecutorTakesNoMore() {
		Executor closed = (task) -> {
			throw new RejectedExecutionException("closed");
		};
		try (UdsTemplate client = UdsTemplate.builder()
			.path(this.directory.resolve("test.sock").toString())
			.transport(this.transport)
			.executor(closed)
			.build()) {
			assertThat(client.route("sum").payloads(List.of(1, 2)).retrieveAsync(Long.class)).succeedsWithin(BOUND)
				.isEqualTo(3L);
			assertThat(client.route("nowhere").payloads(List.of(1)).retrieveAsync(Long.class)).failsWithin(BOUND);
		}
	}

	@Test
	void anEarlyAnswerStopsTheUpload() {
		AtomicBoolean closed = new AtomicBoolean();
		Stream<String> words = Stream.generate(() -> "word").onClose(() -> closed.set(true));
		assertThat(this.uds.route("first").payloads(words).retrieve(String.class)).isEqualTo("word");
		await().atMost(BOUND).untilTrue(closed);
	}

	@Test
	void aHandlerMayCloseItsItemsEarlyAndAnswerLater() {
		AtomicInteger sent = new AtomicInteger();
		Stream<String> words = Stream.generate(() -> "word " + sent.incrementAndGet());
		CompletableFuture<String> answer = this.uds.route("firstThenWork").payloads(words).retrieveAsync(String.class);
		await().atMost(BOUND).untilTrue(this.handlers.closed);
		int before = sent.get();
		// more than fits between the two, so the server has taken some that nobody wants
		await().atMost(BOUND).until(() -> answer.isDone() || sent.get() > before + 500_000);
		this.handlers.blocked.countDown();
		assertThat(answer).succeedsWithin(BOUND).isEqualTo("word 1");
	}

	@Test
	void anUploadThatFailsEndsTheCallOnBothSides() {
		Stream<Integer> numbers = Stream.of(1, 2, 3).map((number) -> {
			if (number == 3) {
				// a call that is cancelled before its turn comes does not reach the
				// handler
				await().atMost(BOUND).until(() -> this.handlers.taken.get() > 0);
				throw new IllegalStateException("no more");
			}
			return number;
		});
		assertThatExceptionOfType(UdsCancelledException.class)
			.isThrownBy(() -> this.uds.route("sum").payloads(numbers).retrieve(Long.class))
			.withMessageContaining("no more");
		await().atMost(BOUND).until(() -> this.handlers.failure.get() != null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "sum", "count" })
	void anItemThatTheHandlerCannotReadIsTheCallersFault(String route) {
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.uds.route(route).payloads(List.of("1", "2", "three")).retrieve(Long.class))
			.satisfies((ex) -> {
				assertThat(ex.getStatus()).isEqualTo(Status.INVALID_ARGUMENT);
				assertThat(ex.getRemoteMessage()).startsWith("item 3 cannot be converted to Integer: not valid JSON");
			});
	}

	@Test
	void anItemThatTheClientCannotReadIsNamed() {
		try (Stream<Integer> numbers = this.uds.stream("words", "1 2 three", Integer.class)) {
			assertThatExceptionOfType(UdsConversionException.class).isThrownBy(numbers::toList)
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INTERNAL))
				.withMessageContainingAll("'words'", "Item 3 cannot be read as java.lang.Integer: not valid JSON");
		}
	}

	@Test
	void anItemThatTheClientCannotWriteIsNamed() {
		assertThatExceptionOfType(UdsConversionException.class)
			.isThrownBy(() -> this.uds.route("sum").payloads(List.of(1, "half \ud800")).retrieve(Long.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INVALID_ARGUMENT))
			.withMessageContainingAll("'sum'", "Item 2 cannot be converted, the call ends before it");
	}

	@Test
	void aPublisherThatFailsWithAStatusAnswersIt() {
		try (Stream<Integer> numbers = this.uds.stream("publishedFailing", null, Integer.class)) {
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(numbers::toList)
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.OUT_OF_RANGE))
				.withMessageContaining("only none");
		}
	}

	@Test
	void itemsForARouteThatTakesNoneAreRefused() {
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.uds.route("one").payloads(List.of("a", "b")).retrieve(String.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INVALID_ARGUMENT))
			.withMessageContaining("no stream");
	}

	// --- both ways

	@Test
	void bothSidesSendInTurns() throws Exception {
		LinkedBlockingQueue<String> words = new LinkedBlockingQueue<>();
		Iterator<String> endless = Stream.generate(() -> take(words)).iterator();
		try (Stream<String> answers = this.uds.route("upper").payloads(endless).stream(String.class)) {
			Iterator<String> iterator = answers.iterator();
			for (int i = 0; i < 200; i++) {
				words.add("word " + i);
				assertThat(iterator.next()).isEqualTo("WORD " + i);
			}
		}
	}

	private static String take(BlockingQueue<String> words) {
		try {
			return words.take();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void bothSidesSendAllTheyHave() {
		List<String> words = IntStream.range(0, 50_000).mapToObj((number) -> "word " + number).toList();
		try (Stream<String> answers = this.uds.route("mirror").payloads(words).stream(String.class)) {
			assertThat(answers.toList()).isEqualTo(words);
		}
	}

	@Test
	void aTypedClientGivesAndTakesStreams() {
		StreamService service = UdsServiceProxyFactory.builder(this.uds).build().createClient(StreamService.class);
		try (Stream<Integer> numbers = service.range(3)) {
			assertThat(numbers).containsExactly(0, 1, 2);
		}
		assertThat(service.sum(Stream.of(1, 2, 3))).isEqualTo(6);
		try (Stream<String> words = service.upper(Stream.of("a", "b"))) {
			assertThat(words).containsExactly("A", "B");
		}
		Flux<String> mirrored = service.mirror(Flux.just("x", "y"));
		assertThat(mirrored.collectList().block(BOUND)).containsExactly("x", "y");
		assertThat(mirrored.collectList().block(BOUND)).as("a call for each subscription").containsExactly("x", "y");
		assertThat(Flux.from(JdkFlowAdapter.flowPublisherToFlux(service.endless())).take(3).collectList().block(BOUND))
			.containsExactly(1L, 2L, 3L);
		await().atMost(BOUND).untilTrue(this.handlers.closed);
	}

	@Test
	void reactorsTypesAreStreamsForHandlersToo() {
		try (Stream<Integer> numbers = this.uds.stream("flux", 3, Integer.class)) {
			assertThat(numbers).containsExactly(0, 1, 2);
		}
		assertThat(this.uds.request("mono", "x", String.class)).isEqualTo("x!");
		assertThat(this.uds.route("count").payloads(Flux.range(0, 1_000)).retrieve(Long.class)).isEqualTo(1_000L);
	}

	@Test
	void itemsCannotBeSentOneWay() {
		assertThatIllegalStateException().isThrownBy(() -> this.uds.route("sum").payloads(List.of(1)).send())
			.withMessageContaining("retrieve");
	}

	@Test
	void manyStreamsGoOnAtOnce() throws Exception {
		CountDownLatch done = new CountDownLatch(16);
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < 16; i++) {
			Thread thread = new Thread(() -> {
				try (Stream<Integer> numbers = this.uds.stream("range", 20_000, Integer.class)) {
					assertThat(numbers.toList()).hasSize(20_000);
				}
				catch (Throwable ex) {
					failures.add(ex);
				}
				done.countDown();
			});
			thread.setDaemon(true);
			thread.start();
		}
		assertThat(done.await(BOUND.toSeconds() * 2, TimeUnit.SECONDS)).isTrue();
		assertThat(failures).isEmpty();
	}

	interface StreamService {

		@UdsExchange("range")
		Stream<Integer> range(int count);

		@UdsExchange("sum")
		long sum(Stream<Integer> numbers);

		@UdsExchange("upper")
		Stream<String> upper(Stream<String> words);

		@UdsExchange("mirror")
		Flux<String> mirror(Flux<String> words);

		@UdsExchange("endless")
		Flow.Publisher<Long> endless();

	}

}
