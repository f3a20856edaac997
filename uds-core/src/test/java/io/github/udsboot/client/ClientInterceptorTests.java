package io.github.udsboot.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What interceptors see and do around the calls of a client.
 */
@Timeout(60)
class ClientInterceptorTests {

	private final TestListener listener = new TestListener();

	private final Queue<UdsRequest> received = new ConcurrentLinkedQueue<>();

	private final Queue<String> events = new ConcurrentLinkedQueue<>();

	private UdsTemplate client;

	@BeforeEach
	void start() {
		this.listener.handle("get", (request, callback) -> {
			this.received.add(request);
			callback.reply(UdsReply.ok(request.payload()));
		})
			.handle("fail", (request, callback) -> callback.reply(UdsReply.failed(Status.NOT_FOUND, "none")))
			.handle("hang", (request, callback) -> this.received.add(request));
	}

	@AfterEach
	void stop() {
		if (this.client != null) {
			this.client.close();
		}
		this.listener.close();
	}

	private void with(UdsClientInterceptor... interceptors) {
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofMillis(1))).start();
		UdsTemplateBuilder builder = this.listener.client().name("orders");
		for (UdsClientInterceptor interceptor : interceptors) {
			builder.interceptor(interceptor);
		}
		this.client = builder.build();
	}

	@ParameterizedTest
	@EnumSource
	void theHandlerSeesTheHeadersThatTheyAdd(Kind kind) {
		with((request, chain) -> chain.proceed(request.withHeader("Tenant", "a", "b").withHeader("reason")),
				(request, chain) -> chain.proceed(request.withPayload((request.header("tenant") + "!").getBytes())));
		String answer = kind.make(this.client.route("get").header("reason", "mine").header("other", "kept"));
		assertThat(answer).isEqualTo(kind.answers() ? "a!" : null);
		Callers.await().until(() -> this.received.size() == 1);
		assertThat(this.received.peek().metadata()).containsEntry("tenant", List.of("a", "b"))
			.containsEntry("other", List.of("kept"))
			.doesNotContainKey("reason");
		assertThat(this.received.peek().payload()).asString().isEqualTo("a!");
	}

	@ParameterizedTest
	@EnumSource
	void theyRunInOrderOnTheCallingThreadAndSeeTheCall(Kind kind) {
		AtomicReference<UdsClientRequest> seen = new AtomicReference<>();
		Queue<Thread> threads = new ConcurrentLinkedQueue<>();
		with((request, chain) -> {
			threads.add(Thread.currentThread());
			this.events.add("outer");
			return chain.proceed(request).whenComplete((response, failure) -> this.events.add("outer end"));
		}, (request, chain) -> {
			threads.add(Thread.currentThread());
			seen.set(request);
			this.events.add("inner");
			return chain.proceed(request).whenComplete((response, failure) -> this.events.add("inner end"));
		});
		kind.make(this.client.route("get").header("other", "x").timeout(Duration.ofSeconds(20)).payload("hello"));
		assertThat(this.events).containsExactly("outer", "inner", "inner end", "outer end");
		assertThat(threads).hasSize(2).containsOnly(Thread.currentThread());
		assertThat(seen.get().client()).isEqualTo("orders");
		assertThat(seen.get().route()).isEqualTo("get");
		assertThat(seen.get().routeTemplate()).isEqualTo("get");
		assertThat(seen.get().payload()).asString().isEqualTo("hello");
		assertThat(seen.get().header("other")).isEqualTo("x");
		assertThat(seen.get().timeout()).isEqualTo(Duration.ofSeconds(20));
		assertThat(seen.get().oneWay()).isEqualTo(!kind.answers());
	}

	@Test
	void theySeeTheRouteWithAndWithoutItsVariables() {
		AtomicReference<UdsClientRequest> seen = new AtomicReference<>();
		with((request, chain) -> {
			seen.set(request);
			return chain.proceed(request);
		});
		assertThat(catchThrowable(() -> this.client.route("orders.{id}.get", 7).retrieve(String.class)))
			.isInstanceOf(UdsRemoteException.class);
		assertThat(seen.get().route()).isEqualTo("orders.7.get");
		assertThat(seen.get().routeTemplate()).isEqualTo("orders.{id}.get");
	}

	@ParameterizedTest
	@EnumSource
	void theyAnswerInPlaceOfTheServer(Kind kind) {
		with((request, chain) -> CompletableFuture.completedFuture(new UdsClientResponse("7".getBytes())));
		assertThat(kind.make(this.client.route("get"))).isEqualTo(kind.answers() ? "7" : null);
		assertThat(this.client.request("get", "x", Integer.class)).isEqualTo(7);
		assertThatExceptionOfType(UdsConversionException.class)
			.isThrownBy(() -> this.client.request("get", "x", Kind.class));
		assertThat(this.client.getConnectionFactory().stats().connects()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void theirFailuresAreTheCallers(Kind kind) {
		with((request, chain) -> {
			throw new IllegalStateException("no token");
		});
		assertThatIllegalStateException().isThrownBy(() -> kind.make(this.client.route("get"))).withMessage("no token");
		assertThat(this.received).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void theStagesThatFailAreTheCallersFailures(Kind kind) {
		with((request, chain) -> chain.proceed(request).thenApply((response) -> {
			throw new IllegalStateException("bad answer");
		}));
		assertThatIllegalStateException().isThrownBy(() -> kind.make(this.client.route("get")))
			.withMessage("bad answer");
	}

	@Test
	void aStageThatIsMissingOrHasNoResponseOrACheckedFailureIsNoRiddle() {
		with((request, chain) -> switch (request.route()) {
			case "get" -> null;
			case "fail" -> CompletableFuture.completedFuture(null);
			default -> CompletableFuture.failedFuture(new IOException("checked"));
		});
		assertThatIllegalStateException().isThrownBy(() -> this.client.request("get", "x", String.class))
			.withMessageContaining("returned no stage");
		assertThatIllegalStateException().isThrownBy(() -> this.client.request("fail", "x", String.class))
			.withMessageContaining("no response");
		assertThatExceptionOfType(UdsException.class).isThrownBy(() -> this.client.request("other", "x", String.class))
			.withMessageContaining("checked")
			.withCauseInstanceOf(IOException.class);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SEND")
	void theySeeHowACallFailed(Kind kind) {
		with((request, chain) -> chain.proceed(request)
			.whenComplete((response, failure) -> this.events.add(failure.getClass().getSimpleName())),
				(request, chain) -> chain.proceed(request).thenApply((response) -> response));
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> kind.make(this.client.route("fail")))
			.satisfies((failure) -> assertThat(failure.getRemoteMessage()).isEqualTo("none"));
		assertThat(this.events).containsExactly("UdsRemoteException");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SEND")
	void theyChangeTheTimeout(Kind kind) {
		with((request, chain) -> chain.proceed(request.withTimeout(Duration.ofMillis(50))));
		assertThatExceptionOfType(UdsDeadlineExceededException.class)
			.isThrownBy(() -> kind.make(this.client.route("hang").timeout(Duration.ofSeconds(50))));
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SEND")
	void theyMakeACallAgain(Kind kind) {
		AtomicInteger attempts = new AtomicInteger();
		this.listener.handle("flaky", (request, callback) -> callback.reply((attempts.incrementAndGet() < 3)
				? UdsReply.failed(Status.ABORTED, "again") : UdsReply.ok("done".getBytes())));
		UdsClientInterceptor again = (request, chain) -> chain.proceed(request)
			.exceptionallyCompose((failure) -> chain.proceed(request));
		with(again, again);
		assertThat(kind.make(this.client.route("flaky"))).isEqualTo("done");
		assertThat(attempts).hasValue(3);
	}

	@ParameterizedTest
	@EnumSource
	void theyMayGoOnLaterAndElsewhereWithoutKeepingThatThreadWaiting(Kind kind) {
		CountDownLatch free = new CountDownLatch(1);
		with((request, chain) -> {
			CompletableFuture<UdsClientResponse> response = new CompletableFuture<>();
			new Thread(() -> {
				chain.proceed(request).thenAccept(response::complete);
				free.countDown();
			}, "elsewhere").start();
			return response;
		});
		String route = kind.answers() ? "slow" : "get";
		// the answer waits until the thread that proceeded has been let go
		this.listener.handle("slow", (request, callback) -> {
			free.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		assertThat(kind.make(this.client.route(route).payload("x"))).isEqualTo(kind.answers() ? "x" : null);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ASYNC")
	void aCallerDoesNotWaitBeyondItsTimeoutForAnInterceptorThatNeverEnds(Kind kind) {
		with((request, chain) -> new CompletableFuture<>());
		assertThatExceptionOfType(UdsDeadlineExceededException.class)
			.isThrownBy(() -> kind.make(this.client.route("get").timeout(Duration.ofMillis(50))))
			.withMessageContaining("interceptor");
	}

	@Test
	void aCallerThatWaitsForAnInterceptorIsInterrupted() {
		with((request, chain) -> new CompletableFuture<>());
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(UdsCancelledException.class)
			.isThrownBy(() -> this.client.request("get", "x", String.class));
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void cancellingTheFutureEndsTheCallForThem() {
		with((request, chain) -> chain.proceed(request)
			.whenComplete((response, failure) -> this.events.add(failure.getClass().getSimpleName())));
		CompletableFuture<String> future = this.client.requestAsync("hang", "x", String.class);
		Callers.await().until(() -> this.received.size() == 1);
		assertThat(future.cancel(true)).isTrue();
		assertThat(this.events).containsExactly("UdsCancelledException");
	}

	@Test
	void aFutureThatWasCancelledBeforeTheyProceedIsNotCalledFor() throws Exception {
		CompletableFuture<Void> gate = new CompletableFuture<>();
		with((request, chain) -> gate.thenCompose((opened) -> chain.proceed(request))
			.whenComplete((response, failure) -> this.events.add("end")));
		CompletableFuture<String> future = this.client.requestAsync("get", "x", String.class);
		future.cancel(true);
		gate.complete(null);
		assertThat(this.events).containsExactly("end");
		assertThat(this.client.getConnectionFactory().stats().connects()).isZero();
	}

	@Test
	void theyStandAroundExchanges() {
		this.listener.messages(new LineProtocol(),
				(request, callback) -> callback.reply(UdsReply.ok(request.payload())));
		AtomicReference<UdsClientRequest> seen = new AtomicReference<>();
		with((request, chain) -> {
			seen.set(request);
			return chain.proceed(request.withHeader("tenant", "not sent").withPayload("7".getBytes()))
				.whenComplete((response, failure) -> this.events.add(new String(response.payload())));
		});
		assertThat(this.client.exchange("hello", Integer.class, Duration.ofSeconds(20))).isEqualTo(7);
		assertThat(seen.get().payload()).asString().isEqualTo("hello");
		assertThat(seen.get().route()).isEmpty();
		assertThat(seen.get().timeout()).isEqualTo(Duration.ofSeconds(20));
		assertThat(this.events).containsExactly("7");
		try (UdsSession session = this.client.open()) {
			session.send("hello");
			assertThat(session.receive(String.class)).isEqualTo("hello");
		}
		assertThat(this.events).hasSize(1);
	}

	@Test
	void exchangesFailAsTheyDoWithoutThem() {
		this.listener.options((options) -> options.setProtocol(new LineProtocol().withRouting(LineRouting.FIRST_WORD)));
		with((request, chain) -> chain.proceed(request));
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.client.exchange("fail x", String.class))
			.satisfies((failure) -> assertThat(failure.getStatus()).isEqualTo(Status.NOT_FOUND));
	}

	@Test
	void theBuilderLetsThemBeSorted() {
		this.listener.start();
		this.client = this.listener.client().interceptor(named("a")).interceptor(named("b")).interceptors((all) -> {
			assertThat(all).hasSize(2);
			all.add(0, all.remove(1));
		}).build();
		this.client.request("get", "x", String.class);
		assertThat(this.events).containsExactly("b", "a");
	}

	private UdsClientInterceptor named(String name) {
		return (request, chain) -> {
			this.events.add(name);
			return chain.proceed(request);
		};
	}

	/** The ways to make a call. */
	enum Kind {

		BLOCKING, ASYNC, SEND;

		String make(UdsOperations.RequestSpec call) {
			switch (this) {
				case BLOCKING -> {
					return call.retrieve(String.class);
				}
				case ASYNC -> {
					return get(call.retrieveAsync(String.class));
				}
				default -> {
					call.send();
					return null;
				}
			}
		}

		private static String get(CompletableFuture<String> future) {
			Callers.await().until(future::isDone);
			Throwable failure = catchThrowable(future::get);
			if (failure != null) {
				throw (RuntimeException) failure.getCause();
			}
			return future.getNow(null);
		}

		boolean answers() {
			return this != SEND;
		}

	}

}
