package io.github.udsboot.stream;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The TCK of Reactive Streams for every publisher and subscriber that an application is
 * given, on both sides and over a real connection.
 */
@Timeout(120)
class ReactiveStreamsTckTests {

	/** Waited for in full only by what fails. */
	private static final long TIMEOUT_MILLIS = 20_000;

	/** Waited for in full by each test that expects nothing more. */
	private static final long SILENCE_MILLIS = 50;

	/**
	 * In fact the time that a failure has to arrive: having looked once in vain, version
	 * 1.0.4 takes the rest of its time for negative and gives up.
	 */
	private static final long POLL_MILLIS = 1_000;

	/** So long the TCK sleeps before it looks whether a subscriber was forgotten. */
	private static final long COLLECTION_MILLIS = 1_000;

	/** What the TCK skips of what it calls optional, and why. */
	private static final Map<String, String> OPTIONAL = Map.of(
			"optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribers"
					+ "WhenRequestingManyUpfront",
			"no publisher of ours shares its items: a client makes a call for each subscriber, a handler's has one",
			"optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribers"
					+ "WhenRequestingManyUpfrontAndCompleteAsExpected",
			"as above",
			"optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribers"
					+ "WhenRequestingOneByOne",
			"as above", "optional_spec111_maySupportMultiSubscribe", "the items of one call arrive once",
			"optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals", "as above",
			"optional_spec309_requestNegativeNumberMaySignalIllegalArgumentExceptionWithSpecificMessage",
			"the message names the number that was asked for, and not the rule");

	@TempDir
	private static Path directory;

	private static final Set<String> PREFIXES = Set.of("required_", "stochastic_", "optional_");

	private final Handlers handlers = new Handlers();

	private final List<CompletableFuture<?>> calls = new ArrayList<>();

	private UdsListenerContainer container;

	private UdsTemplate uds;

	private UdsTemplate noServer;

	@BeforeEach
	void start() {
		HandlerRegistry registry = new HandlerRegistry();
		for (Method method : Handlers.class.getDeclaredMethods()) {
			if (!method.isSynthetic()) {
				registry.register(new UdsHandlerEndpoint(Set.of("test"), method.getName(), () -> this.handlers,
						Handlers.class, method, Execution.AUTO));
			}
		}
		UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(directory.resolve("tck.sock")));
		options.setTransport(TransportType.JDK);
		this.container = new UdsListenerContainer(options, registry.routerFor("test"), (route, status, nanos) -> {
		}, null);
		this.container.start();
		this.uds = UdsTemplate.builder().path(directory.resolve("tck.sock")).maxStreams(512).build();
		this.noServer = UdsTemplate.builder()
			.path(directory.resolve("nobody.sock"))
			.waitForServer(Duration.ZERO)
			.build();
	}

	@AfterEach
	void stop() {
		this.uds.close();
		this.noServer.close();
		this.container.stop();
	}

	@TestFactory
	Stream<DynamicTest> publisherOfAClient() {
		return tests(() -> new PublisherVerification() {

			@Override
			public Flow.Publisher<Integer> createFlowPublisher(long elements) {
				return ReactiveStreamsTckTests.this.uds.route("range").payload(elements).publisher(Integer.class);
			}

			@Override
			public Flow.Publisher<Integer> createFailedFlowPublisher() {
				return ReactiveStreamsTckTests.this.noServer.route("range").payload(1).publisher(Integer.class);
			}

		});
	}

	@TestFactory
	Stream<DynamicTest> publisherThatAHandlerGets() {
		return tests(() -> new PublisherVerification() {

			@Override
			public Flow.Publisher<Integer> createFlowPublisher(long elements) {
				Handlers handlers = ReactiveStreamsTckTests.this.handlers;
				handlers.taken = new CompletableFuture<>();
				call("take", numbers(elements));
				return get(handlers.taken);
			}

			@Override
			public Flow.Publisher<Integer> createFailedFlowPublisher() {
				Flow.Publisher<Integer> publisher = createFlowPublisher(1);
				CompletableFuture<Flow.Subscriber<? super Integer>> first = new CompletableFuture<>();
				publisher.subscribe(new FirstSubscriber(first));
				get(first);
				return publisher;
			}

		});
	}

	@TestFactory
	Stream<DynamicTest> subscriberOfWhatAClientSends() {
		return tests(() -> new SubscriberVerification() {

			@Override
			public Flow.Subscriber<Integer> createFlowSubscriber() {
				CompletableFuture<Flow.Subscriber<? super Integer>> subscribed = new CompletableFuture<>();
				call("count", (Flow.Publisher<Integer>) subscribed::complete);
				return narrow(get(subscribed));
			}

		});
	}

	@TestFactory
	Stream<DynamicTest> subscriberOfWhatAHandlerSends() {
		return tests(() -> new SubscriberVerification() {

			@Override
			public Flow.Subscriber<Integer> createFlowSubscriber() {
				Handlers handlers = ReactiveStreamsTckTests.this.handlers;
				handlers.subscribed = new CompletableFuture<>();
				ReactiveStreamsTckTests.this.uds.route("give")
					.publisher(Integer.class)
					.subscribe(new FirstSubscriber(new CompletableFuture<>()));
				return narrow(get(handlers.subscribed));
			}

		});
	}

	@Test
	void whatIsSkippedIsOptional() {
		assertThat(OPTIONAL.keySet()).allMatch((name) -> name.startsWith("optional_"));
	}

	/**
	 * What the name calls untested has no test: the TCK only lists the rule.
	 */
	private Stream<DynamicTest> tests(Supplier<Object> verifications) {
		Object sample = verifications.get();
		return Arrays.stream(sample.getClass().getMethods())
			.filter((method) -> method.isAnnotationPresent(org.testng.annotations.Test.class))
			.filter((method) -> PREFIXES.stream().anyMatch(method.getName()::startsWith))
			.sorted(Comparator.comparing(Method::getName))
			.map((method) -> DynamicTest.dynamicTest(method.getName(), () -> run(verifications.get(), method)));
	}

	private void run(Object verification, Method method) throws Throwable {
		try {
			prepare(verification, BeforeClass.class);
			prepare(verification, BeforeMethod.class);
			method.invoke(verification);
		}
		catch (InvocationTargetException ex) {
			String reason = OPTIONAL.get(method.getName());
			if (ex.getCause() instanceof SkipException && reason != null) {
				Assumptions.abort(reason);
			}
			throw ex.getCause();
		}
		finally {
			prepare(verification, AfterClass.class);
			this.calls.forEach((call) -> call.cancel(true));
			this.calls.clear();
		}
	}

	private static void prepare(Object verification, Class<? extends Annotation> when)
			throws ReflectiveOperationException {
		for (Method method : verification.getClass().getMethods()) {
			if (method.isAnnotationPresent(when)) {
				method.invoke(verification);
			}
		}
	}

	private void call(String route, Object items) {
		this.calls.add(this.uds.route(route).payloads(items).retrieveAsync(Long.class));
	}

	private static Stream<Integer> numbers(long count) {
		return Stream.iterate(0, (number) -> number + 1).limit(count);
	}

	private static <T> T get(CompletableFuture<T> future) {
		try {
			return future.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What takes any object takes integers. */
	private static Flow.Subscriber<Integer> narrow(Flow.Subscriber<? super Integer> subscriber) {
		return new Flow.Subscriber<>() {

			@Override
			public void onSubscribe(Flow.Subscription subscription) {
				subscriber.onSubscribe(subscription);
			}

			@Override
			public void onNext(Integer item) {
				subscriber.onNext(item);
			}

			@Override
			public void onError(Throwable failure) {
				subscriber.onError(failure);
			}

			@Override
			public void onComplete() {
				subscriber.onComplete();
			}

		};
	}

	private static TestEnvironment environment() {
		return new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS, POLL_MILLIS);
	}

	/** Called by their names. */
	static class Handlers {

		private volatile CompletableFuture<Flow.Publisher<Integer>> taken = new CompletableFuture<>();

		private volatile CompletableFuture<Flow.Subscriber<? super Integer>> subscribed = new CompletableFuture<>();

		Stream<Integer> range(long count) {
			return numbers(count);
		}

		CompletionStage<Long> take(Flow.Publisher<Integer> numbers) {
			this.taken.complete(numbers);
			return new CompletableFuture<>();
		}

		long count(Stream<Integer> numbers) {
			return numbers.count();
		}

		Flow.Publisher<Integer> give() {
			return this.subscribed::complete;
		}

	}

	/** Wants nothing. */
	private record FirstSubscriber(
			CompletableFuture<Flow.Subscriber<? super Integer>> subscribed) implements Flow.Subscriber<Integer> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscribed.complete(this);
		}

		@Override
		public void onNext(Integer item) {
			throw new IllegalStateException("Nothing was asked for");
		}

		@Override
		public void onError(Throwable failure) {
			// at the end of the test
		}

		@Override
		public void onComplete() {
			// at the end of the test
		}

	}

	private abstract static class PublisherVerification extends FlowPublisherVerification<Integer> {

		PublisherVerification() {
			super(environment(), COLLECTION_MILLIS);
		}

	}

	private abstract static class SubscriberVerification extends FlowSubscriberBlackboxVerification<Integer> {

		SubscriberVerification() {
			super(environment());
		}

		@Override
		public final Integer createElement(int element) {
			return element;
		}

	}

}
