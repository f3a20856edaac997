package io.github.udsboot.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;

import io.github.udsboot.PeerIdentity;
import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.config.UdsHandlerMethodProcessor;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.interceptor.PeerContext;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.LoggedLines;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is bound to a thread while it runs code of the application for a peer, and to no
 * thread before or after.
 */
@Timeout(60)
class PeerContextTests {

	/** What is bound to the thread, the innermost last. */
	private static final ThreadLocal<Deque<String>> BOUND = ThreadLocal.withInitial(ArrayDeque::new);

	private static final String BOTH = "[outer, inner]";

	private final Recording outer = new Recording("outer");

	private final Recording inner = new Recording("inner");

	private List<PeerContextFactory> factories = List.of(this.outer, this.inner);

	private final Queue<String> seen = new ConcurrentLinkedQueue<>();

	private final Handlers handlers = new Handlers();

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	@TempDir
	private Path directory;

	private UdsListenerContainer container;

	private UdsTemplate client;

	@AfterEach
	void stop() {
		if (this.client != null) {
			this.client.close();
		}
		if (this.container != null) {
			this.container.stop();
			assertThat(this.outer.open).as("scopes of the outer context that are still open").hasValue(0);
			assertThat(this.inner.open).as("scopes of the inner context that are still open").hasValue(0);
			assertThat(this.outer.misplaced).isEmpty();
			assertThat(this.inner.misplaced).isEmpty();
		}
	}

	private void start() {
		UdsListenerOptions options = new UdsListenerOptions("test", address());
		options.setExecution((Runtime.version().feature() < 21) ? Execution.INLINE : Execution.VIRTUAL);
		start(options, List.of(), (request, chain) -> {
			this.seen.add("interceptor in " + bound());
			return chain.proceed(request);
		});
	}

	private UdsAddress address() {
		return UdsAddress.of(this.directory.resolve("uds.sock"));
	}

	private void start(UdsListenerOptions options, List<UdsSessionListener> listeners,
			UdsServerInterceptor... interceptors) {
		HandlerRegistry registry = new HandlerRegistry();
		GenericApplicationContext context = new GenericApplicationContext();
		if (options.getProtocol() instanceof LineProtocol) {
			context.registerBean(Messages.class);
		}
		else {
			context.registerBean(Handlers.class, () -> this.handlers);
		}
		context.registerBean(UdsHandlerMethodProcessor.class, () -> new UdsHandlerMethodProcessor(registry));
		context.refresh();
		this.container = new UdsListenerContainer(options, registry.routerFor("default"), CallRecorder.NONE, null);
		this.container.setSessionListeners(listeners);
		this.container.setInterceptors(List.of(interceptors));
		this.container.setPeerContextFactories(this.factories);
		this.container.start();
		this.client = UdsTemplate.builder()
			.path(address().toString())
			.protocol(options.getProtocol())
			.maxConnections(1)
			.build();
	}

	private static String bound() {
		return BOUND.get().toString();
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "inline", "pool", "future", "failing", "failing.future" })
	void aHandlerHasThemAndSoHaveItsInterceptorsAndExceptionHandlers(String route) {
		start();
		// an exception handler has them of its own, also where the handler's are still
		// bound
		assertThat(this.client.request(route, null, String.class))
			.isEqualTo(route.equals("failing") ? "[outer, inner, outer, inner]" : BOTH);
		assertThat(this.seen).containsExactly("interceptor in " + BOTH);
		settled();
		assertThat(this.outer.created).hasValue(1);
	}

	@Test
	void theyAreCreatedOnceForAConnectionAndOpenedForEachCall() {
		start();
		for (int i = 0; i < 100; i++) {
			assertThat(this.client.request("inline", null, String.class)).isEqualTo(BOTH);
		}
		settled();
		assertThat(this.outer.created).hasValue(1);
		assertThat(this.outer.opened).hasValue(100);
		assertThat(this.outer.peers).hasSize(1).allMatch((peer) -> peer.equals("test"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "items", "publisher" })
	void theSourceOfAStreamHasThem(String route) {
		start();
		try (Stream<String> items = this.client.stream(route, null, String.class)) {
			assertThat(items).hasSize(3000).containsOnly(BOTH);
		}
		Eventually.await("the source has been closed", () -> !this.handlers.closed.isEmpty());
		assertThat(this.handlers.closed).containsExactly(BOTH);
		settled();
	}

	@Test
	void theSubscriberOfAStreamHasThem() {
		start();
		String answer = this.client.route("upload")
			.payloads(IntStream.range(0, 3000).mapToObj(Integer::toString))
			.retrieve(String.class);
		assertThat(answer).isEqualTo("3000 in [" + BOTH + "]");
		settled();
	}

	@Test
	void aStreamThatIsCancelledIsStoppedInThem() {
		start();
		try (Stream<String> items = this.client.stream("endless", null, String.class)) {
			assertThat(items.limit(10)).hasSize(10).containsOnly(BOTH);
		}
		Eventually.await("the source has been closed", () -> !this.handlers.closed.isEmpty());
		assertThat(this.handlers.closed).containsExactly(BOTH);
		settled();
	}

	@Test
	void aSessionAndItsListenersHaveThem() {
		UdsListenerOptions options = new UdsListenerOptions("test", address());
		options.setProtocol(new LineProtocol());
		start(options, List.of(new UdsSessionListener() {

			@Override
			public void sessionOpened(UdsSession session) {
				PeerContextTests.this.seen.add("opened in " + bound());
			}

			@Override
			public void sessionClosed(UdsSession session, String reason, Throwable cause) {
				PeerContextTests.this.seen.add("closed in " + bound());
			}

		}));
		try (UdsSession session = this.client.open()) {
			for (int i = 0; i < 10; i++) {
				session.send("x");
				assertThat(session.receive(String.class)).isEqualTo(BOTH);
			}
		}
		Eventually.await("both are told", () -> this.seen.size() == 2);
		assertThat(this.seen).containsExactly("opened in " + BOTH, "closed in " + BOTH);
		settled();
		assertThat(this.outer.created).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource(Fault.class)
	void aHandlerWithoutOneOfThemDoesNotRun(Fault fault) {
		this.inner.fault = fault;
		start();
		for (String route : List.of("inline", "pool")) {
			assertThatExceptionOfType(UdsException.class)
				.isThrownBy(() -> this.client.request(route, null, String.class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INTERNAL))
				.withMessageNotContaining("expected");
		}
		assertThat(this.handlers.calls).hasValue(0);
		assertThat(this.seen).isEmpty();
		settled();
		this.inner.fault = null;
		assertThat(this.client.request("inline", null, String.class)).as("the next call").isEqualTo(BOTH);
	}

	@Test
	void aStreamWithoutThemEnds() {
		start();
		this.inner.failsFrom = 2;
		assertThatExceptionOfType(UdsException.class)
			.isThrownBy(() -> this.client.stream("items", null, String.class).toList())
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.RESOURCE_EXHAUSTED));
		settled();
	}

	@Test
	void oneThatCannotBeClosedHarmsNeitherTheAnswerNorTheOthers() {
		this.inner.failsToClose = true;
		start();
		assertThat(this.client.request("inline", null, String.class)).isEqualTo(BOTH);
		settled();
		assertThat(this.log.events())
			.anyMatch((event) -> event.getFormattedMessage().contains("could not be taken from its thread"));
	}

	@Test
	void withoutAnyNothingIsBound() {
		this.factories = List.of();
		start();
		assertThat(this.client.request("inline", null, String.class)).isEqualTo("[]");
		assertThat(this.client.request("failing.future", null, String.class)).isEqualTo("[]");
	}

	private void settled() {
		Eventually.await("all scopes are closed", () -> this.outer.open.get() == 0 && this.inner.open.get() == 0);
	}

	/** What goes wrong with a context. */
	enum Fault {

		CREATE, CREATE_NULL, OPEN, OPEN_NULL

	}

	/** Binds its name, and sees to it that it is unbound on the same thread. */
	private static final class Recording implements PeerContextFactory {

		private final String name;

		private final AtomicInteger created = new AtomicInteger();

		private final AtomicInteger opened = new AtomicInteger();

		private final AtomicInteger open = new AtomicInteger();

		private final Queue<String> peers = new ConcurrentLinkedQueue<>();

		private final Queue<String> misplaced = new ConcurrentLinkedQueue<>();

		private volatile Fault fault;

		private volatile int failsFrom = Integer.MAX_VALUE;

		private volatile boolean failsToClose;

		private Recording(String name) {
			this.name = name;
		}

		@Override
		public PeerContext create(String listener, PeerIdentity peer) {
			if (this.fault == Fault.CREATE) {
				throw new IllegalStateException("expected by the test");
			}
			if (this.fault == Fault.CREATE_NULL) {
				return null;
			}
			this.created.incrementAndGet();
			this.peers.add(listener);
			assertThat(peer.credentials()).isSameAs(peer);
			assertThat(peer.isRelayed()).isFalse();
			assertThat(peer.getName()).isEqualTo(System.getProperty("user.name"));
			return this::open;
		}

		private PeerContext.Scope open() {
			if (this.fault == Fault.OPEN || this.opened.get() + 1 >= this.failsFrom) {
				throw new AssertionError("expected by the test");
			}
			if (this.fault == Fault.OPEN_NULL) {
				return null;
			}
			this.opened.incrementAndGet();
			this.open.incrementAndGet();
			Thread thread = Thread.currentThread();
			BOUND.get().add(this.name);
			return () -> {
				if (Thread.currentThread() != thread || !this.name.equals(BOUND.get().pollLast())) {
					this.misplaced.add(this.name + " closed on " + Thread.currentThread());
				}
				this.open.decrementAndGet();
				if (this.failsToClose) {
					throw new IllegalStateException("expected by the test");
				}
			};
		}

	}

	static class Messages {

		@UdsHandler
		String message(String message) {
			return bound();
		}

	}

	static class Handlers {

		private final AtomicInteger calls = new AtomicInteger();

		private final Queue<String> closed = new ConcurrentLinkedQueue<>();

		@UdsHandler(value = "inline", execution = Execution.INLINE)
		String inline() {
			return seen();
		}

		@UdsHandler(value = "pool", execution = Execution.POOL)
		String pool() {
			return seen();
		}

		@UdsHandler("auto")
		String auto() {
			return seen();
		}

		@UdsHandler("future")
		CompletableFuture<String> future() {
			String seen = seen();
			return CompletableFuture.supplyAsync(() -> seen,
					CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS));
		}

		@UdsHandler("failing")
		String failing() {
			throw new IllegalStateException(seen());
		}

		@UdsHandler("failing.future")
		CompletableFuture<String> failingFuture() {
			seen();
			return CompletableFuture.supplyAsync(() -> {
				throw new IllegalStateException("no " + bound());
			}, CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS));
		}

		@MessageExceptionHandler
		String failed(IllegalStateException ex) {
			return bound();
		}

		@UdsHandler("items")
		Stream<String> items() {
			seen();
			return IntStream.range(0, 3000).mapToObj((i) -> bound()).onClose(() -> this.closed.add(bound()));
		}

		@UdsHandler("endless")
		Stream<String> endless() {
			seen();
			return Stream.generate(PeerContextTests::bound).onClose(() -> this.closed.add(bound()));
		}

		@UdsHandler("publisher")
		Flow.Publisher<String> publisher() {
			seen();
			return (subscriber) -> {
				String subscribing = bound();
				subscriber.onSubscribe(new Flow.Subscription() {

					private int sent;

					@Override
					public void request(long n) {
						for (long i = 0; i < n && this.sent < 3000; i++) {
							this.sent++;
							subscriber.onNext(subscribing.equals(bound()) ? subscribing : "requested in " + bound());
						}
						if (this.sent == 3000) {
							this.sent++;
							Handlers.this.closed.add(bound());
							subscriber.onComplete();
						}
					}

					@Override
					public void cancel() {
					}

				});
			};
		}

		@UdsHandler("upload")
		CompletableFuture<String> upload(Flow.Publisher<Integer> items) {
			seen();
			CompletableFuture<String> answer = new CompletableFuture<>();
			items.subscribe(new Flow.Subscriber<>() {

				private final List<String> seen = new ArrayList<>();

				private Flow.Subscription subscription;

				private int count;

				@Override
				public void onSubscribe(Flow.Subscription subscription) {
					this.subscription = subscription;
					subscription.request(16);
				}

				@Override
				public void onNext(Integer item) {
					this.count++;
					if (!this.seen.contains(bound())) {
						this.seen.add(bound());
					}
					if (this.count % 16 == 0) {
						this.subscription.request(16);
					}
				}

				@Override
				public void onError(Throwable failure) {
					answer.completeExceptionally(failure);
				}

				@Override
				public void onComplete() {
					answer.complete(this.count + " in " + this.seen);
				}

			});
			return answer.orTimeout(Duration.ofSeconds(30).toMillis(), TimeUnit.MILLISECONDS);
		}

		private String seen() {
			this.calls.incrementAndGet();
			return bound();
		}

	}

}
