package io.github.udsboot.listener;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.LoggedLines;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What interceptors see and do around the handlers of a listener.
 */
@Timeout(60)
class ServerInterceptorTests {

	private static final ThreadLocal<String> CONTEXT = new ThreadLocal<>();

	private final TestListener listener = new TestListener();

	private final Queue<String> events = new ConcurrentLinkedQueue<>();

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	@AfterEach
	void stop() {
		this.listener.close();
	}

	static Stream<Execution> executions() {
		return (Runtime.version().feature() < 21) ? Stream.of(Execution.INLINE, Execution.POOL)
				: Stream.of(Execution.INLINE, Execution.POOL, Execution.VIRTUAL);
	}

	@ParameterizedTest
	@MethodSource("executions")
	void theyRunInOrderOnTheThreadOfTheHandlerWhichSeesWhatTheyBindToIt(Execution execution) {
		AtomicReference<Thread> handlers = new AtomicReference<>();
		Queue<Thread> interceptors = new ConcurrentLinkedQueue<>();
		this.listener.handle("test", execution, (request, callback) -> {
			handlers.set(Thread.currentThread());
			this.events.add("handler in " + CONTEXT.get());
			callback.reply(UdsReply.ok(request.payload()));
		}).interceptor((request, chain) -> {
			interceptors.add(Thread.currentThread());
			this.events.add("outer");
			return chain.proceed(request).whenComplete((response, failure) -> this.events.add("outer end"));
		}).interceptor((request, chain) -> {
			interceptors.add(Thread.currentThread());
			this.events.add("inner");
			CONTEXT.set("context");
			try {
				return chain.proceed(request).whenComplete((response, failure) -> this.events.add("inner end"));
			}
			finally {
				CONTEXT.remove();
			}
		}).start();
		assertThat(call("test", "x")).isEqualTo("x");
		assertThat(this.events).containsExactly("outer", "inner", "handler in context", "inner end", "outer end");
		assertThat(interceptors).hasSize(2).containsOnly(handlers.get());
	}

	@ParameterizedTest
	@MethodSource("executions")
	void theySeeTheOutcomeOfAHandlerThatReturnsBeforeItIsDone(Execution execution) {
		CompletableFuture<UdsReplyCallback> pending = new CompletableFuture<>();
		this.listener.handle("later", execution, (request, callback) -> pending.complete(callback))
			.interceptor((request, chain) -> {
				long start = System.nanoTime();
				CompletionStage<UdsServerResponse> stage = chain.proceed(request);
				this.events.add("returned");
				return stage.whenComplete((response, failure) -> this.events
					.add(response.status() + " after " + Duration.ofNanos(System.nanoTime() - start).toMillis() / 50));
			})
			.start();
		try (UdsTemplate client = this.listener.client().build()) {
			CompletableFuture<String> answer = client.requestAsync("later", "x", String.class);
			UdsReplyCallback callback = pending.join();
			Eventually.await("the interceptor has returned", () -> this.events.contains("returned"));
			CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)
				.execute(() -> callback.reply(UdsReply.failed(Status.NOT_FOUND, "none")));
			assertThat(answer).failsWithin(Duration.ofSeconds(20));
			assertThat(this.events).hasSize(2)
				.anySatisfy((event) -> assertThat(event).startsWith("NOT_FOUND after ").doesNotEndWith(" 0"));
		}
	}

	@Test
	void theySeeWhatIsCalledAndByWhom() {
		AtomicReference<UdsServerRequest> seen = new AtomicReference<>();
		this.listener.interceptor((request, chain) -> {
			seen.set(request);
			return chain.proceed(request);
		}).start();
		Instant before = Instant.now();
		try (UdsTemplate client = this.listener.client().build()) {
			client.route("echo")
				.header("tenant", "a")
				.timeout(Duration.ofSeconds(30))
				.payload("hello")
				.retrieve(String.class);
		}
		UdsServerRequest request = seen.get();
		assertThat(request.listener()).isEqualTo("test");
		assertThat(request.route()).isEqualTo("echo");
		assertThat(request.routeTemplate()).isEqualTo("echo");
		assertThat(request.payload()).asString().isEqualTo("hello");
		assertThat(request.metadata()).containsEntry("tenant", List.of("a"));
		assertThat(request.peer().user().getName()).isEqualTo(System.getProperty("user.name"));
		assertThat(request.deadline()).isBetween(before.plusSeconds(20), Instant.now().plusSeconds(30));
		assertThat(request.session()).isNull();
		assertThat(request.attributes()).isEmpty();
	}

	@Test
	void theHandlerSeesWhatTheyChange() {
		AtomicReference<UdsRequest> seen = new AtomicReference<>();
		this.listener.handle("test", (request, callback) -> {
			seen.set(request);
			callback.reply(UdsReply.ok(request.payload()));
		})
			.interceptor((request, chain) -> chain.proceed(request.withHeader("Tenant", "a").withAttribute("user", 7)))
			.interceptor((request, chain) -> chain
				.proceed(request.withPayload((request.header("tenant") + request.attributes().get("user")).getBytes())))
			.start();
		assertThat(call("test", "x")).isEqualTo("a7");
		assertThat(seen.get().metadata()).isEqualTo(Map.of("tenant", List.of("a")));
		assertThat(seen.get().attributes()).isEqualTo(Map.of("user", 7));
		assertThat(seen.get().route()).isEqualTo("test");
		assertThat(seen.get().deadlineNanos()).isNotEqualTo(UdsRequest.NO_DEADLINE);
	}

	@ParameterizedTest
	@MethodSource("executions")
	void theyAnswerInPlaceOfTheHandler(Execution execution) {
		this.listener.handle("test", execution, (request, callback) -> this.events.add("handler"))
			.interceptor((request, chain) -> chain.proceed(request)
				.thenApply((response) -> UdsServerResponse.ok((new String(response.payload()) + "!").getBytes())))
			.interceptor(
					(request, chain) -> CompletableFuture.completedFuture(UdsServerResponse.ok("cached".getBytes())))
			.start();
		assertThat(call("test", "x")).isEqualTo("cached!");
		assertThat(this.events).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("executions")
	void theyRefuseWithAStatus(Execution execution) {
		this.listener.handle("test", execution, (request, callback) -> this.events.add("handler"))
			.interceptor((request, chain) -> chain.proceed(request)
				.whenComplete((response, failure) -> this.events.add("seen " + response.status() + failure)))
			.interceptor((request, chain) -> {
				throw new UdsStatusException(Status.PERMISSION_DENIED, "not you");
			})
			.start();
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> call("test", "x")).satisfies((failure) -> {
			assertThat(failure.getStatus()).isEqualTo(Status.PERMISSION_DENIED);
			assertThat(failure.getRemoteMessage()).isEqualTo("not you");
		});
		assertThat(this.events).containsExactly("seen PERMISSION_DENIEDnull");
		assertThat(this.log.warnings()).isEmpty();
	}

	static Stream<UdsServerInterceptor> failures() {
		return Stream.of((request, chain) -> {
			throw new IllegalStateException("secret");
		}, (request, chain) -> {
			throw new IOException("secret");
		}, (request, chain) -> {
			throw new StackOverflowError("secret");
		}, (request, chain) -> CompletableFuture.failedFuture(new IllegalStateException("secret")),
				(request, chain) -> CompletableFuture.completedFuture(null), (request, chain) -> null,
				(request, chain) -> CompletableFuture.completedFuture(new NoResponse()),
				(request, chain) -> CompletableFuture.completedFuture(new NoResponse() {

					@Override
					public Status status() {
						throw new StackOverflowError("secret");
					}

					@Override
					public String toString() {
						throw new IllegalStateException("secret");
					}

				}), (request, chain) -> chain.proceed(request).thenApply((response) -> {
					throw new IllegalStateException("secret");
				}));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void theirOwnFailuresAreInternalAndInTheLogAndNoSecretOfThePeer(UdsServerInterceptor interceptor) {
		this.listener.interceptor((request, chain) -> (request.payload().length == 0)
				? interceptor.intercept(request, chain) : chain.proceed(request))
			.start();
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> call("echo", ""))
				.satisfies((failure) -> {
					assertThat(failure.getStatus()).isEqualTo(Status.INTERNAL);
					assertThat(failure.getRemoteMessage()).isEqualTo("interceptor failed");
				});
		}
		assertThat(this.log.warnings()).hasSize(3).allSatisfy((line) -> assertThat(line).contains("nterceptor"));
		assertThat(call("echo", "alive")).isEqualTo("alive");
		Eventually.await("all are counted out", () -> this.listener.container().stats().requestsInFlight() == 0);
	}

	@Test
	void aHandlerThatFailsIsSeenAsAResponse() {
		this.listener.handle("test", (request, callback) -> {
			throw new IllegalStateException("secret");
		})
			.interceptor((request, chain) -> chain.proceed(request)
				.whenComplete((response, failure) -> this.events.add(response.status() + " " + response.message())))
			.start();
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> call("test", "x"))
			.satisfies((failure) -> assertThat(failure.getStatus()).isEqualTo(Status.INTERNAL));
		assertThat(this.events).containsExactly("INTERNAL handler failed");
	}

	@ParameterizedTest
	@MethodSource("executions")
	void theyMayGoOnLaterAndElsewhere(Execution execution) {
		this.listener
			.handle("test", execution,
					(request, callback) -> callback.reply(UdsReply.ok(Thread.currentThread().getName().getBytes())))
			.interceptor((request, chain) -> {
				CompletableFuture<UdsServerResponse> response = new CompletableFuture<>();
				new Thread(() -> chain.proceed(request).thenAccept(response::complete), "elsewhere").start();
				return response;
			})
			.start();
		assertThat(call("test", "x")).isEqualTo("elsewhere");
	}

	@Test
	void theySeeNoRequestThatNoHandlerWouldSee() {
		this.listener.interceptor((request, chain) -> {
			this.events.add(request.route());
			return chain.proceed(request);
		}).start();
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> call("unknown", "x"))
			.satisfies((failure) -> assertThat(failure.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
		assertThat(this.events).isEmpty();
	}

	@Test
	void theySeeTheMessagesOfASession() {
		AtomicInteger sessions = new AtomicInteger();
		this.listener
			.messages(new LineProtocol(), (request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.interceptor((request, chain) -> {
				sessions.addAndGet((request.session() != null) ? 1 : 0);
				this.events.add(request.route() + request.routeTemplate() + request.metadata());
				return chain.proceed(request.withPayload((new String(request.payload()) + "!").getBytes()));
			})
			.start();
		try (UdsTemplate client = this.listener.client().build()) {
			assertThat(client.exchange("one", String.class)).isEqualTo("one!");
			assertThat(client.exchange("two", String.class)).isEqualTo("two!");
		}
		assertThat(sessions).hasValue(2);
		assertThat(this.events).containsExactly("{}", "{}");
	}

	private String call(String route, String payload) {
		try (UdsTemplate client = this.listener.client().build()) {
			return client.request(route, payload, String.class);
		}
	}

	private static class NoResponse implements UdsServerResponse {

		@Override
		public Status status() {
			return null;
		}

		@Override
		public String message() {
			return null;
		}

		@Override
		public byte[] payload() {
			return null;
		}

	}

}
