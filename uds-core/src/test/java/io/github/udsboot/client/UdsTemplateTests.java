package io.github.udsboot.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.ParameterizedTypeReference;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What a user of the template sees, with a real listener at the other end.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class UdsTemplateTests {

	@Parameter
	private TransportType transport;

	private TestListener listener;

	private UdsTemplate template;

	private final LinkedBlockingQueue<UdsRequest> seen = new LinkedBlockingQueue<>();

	private final ConcurrentLinkedQueue<String> recorded = new ConcurrentLinkedQueue<>();

	@BeforeEach
	void start() {
		this.listener = new TestListener(this.transport).handle("see", (request, callback) -> {
			this.seen.add(request);
			callback.reply(UdsReply.ok(request.payload()));
		});
		this.listener.handle("empty", (request, callback) -> callback.reply(UdsReply.ok(new byte[0])));
		this.listener.handle("missing",
				(request, callback) -> callback.reply(UdsReply.failed(Status.NOT_FOUND, "no such thing")));
		this.listener.handle("never", (request, callback) -> {
		});
		// one handler here never answers
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofMillis(100)));
		this.listener.start();
		this.template = this.listener.client()
			.recorder((route, status, duration) -> this.recorded.add(route + " " + status))
			.build();
	}

	@AfterEach
	void close() {
		this.template.close();
		this.listener.close();
	}

	@Test
	void payloadsAreConvertedByTheirType() {
		assertThat(this.template.request("echo", "Grüße", String.class)).isEqualTo("Grüße");
		assertThat(this.template.request("echo", new byte[] { 1, 2 }, byte[].class)).containsExactly(1, 2);
		assertThat(this.template.request("echo", new Order(7, List.of("a", "b")), Order.class))
			.isEqualTo(new Order(7, List.of("a", "b")));
		assertThat(this.template.request("echo", List.of(new Order(7, List.of())),
				new ParameterizedTypeReference<List<Order>>() {
				}))
			.containsExactly(new Order(7, List.of()));
		assertThat(this.template.request("echo", new Order(7, List.of()), String.class)).contains("\"id\":7");
		assertThat(this.template.request("empty", null, Order.class)).isNull();
		assertThat(this.template.request("empty", null, String.class)).isEmpty();
	}

	@Test
	void futuresAreConvertedByTheirType() throws Exception {
		assertThat(get(this.template.requestAsync("echo", "Grüße", String.class))).isEqualTo("Grüße");
		assertThat(get(this.template.requestAsync("echo", new Order(7, List.of("a")), Order.class)))
			.isEqualTo(new Order(7, List.of("a")));
		assertThat(get(this.template.requestAsync("echo", Map.of("a", 1),
				new ParameterizedTypeReference<Map<String, Integer>>() {
				})))
			.containsEntry("a", 1);
		assertThat(get(this.template.requestAsync("empty", null, Order.class))).isNull();
		assertThat(this.template.requestAsync("echo", "text", Order.class)).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsConversionException.class);
	}

	@Test
	void answerThatCannotBeReadIsNoFaultOfTheArgument() {
		assertThatExceptionOfType(UdsConversionException.class)
			.isThrownBy(() -> this.template.request("echo", "{\"id\":7,\"items\":[\"a\",{}]}", Order.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INTERNAL))
			.withMessageContainingAll("'echo'", this.template.getConnectionFactory().getAddress().toString(),
					Order.class.getName(), "items[1] is not a valid string");
	}

	@Test
	void argumentThatCannotBeWrittenIsInvalidAndNotSent() {
		assertThatExceptionOfType(UdsConversionException.class)
			.isThrownBy(() -> this.template.request("echo", new Hostile(), String.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.INVALID_ARGUMENT))
			.withMessageContainingAll("'echo'", "was not sent", Hostile.class.getName(), "value");
		assertThat(this.seen).isEmpty();
	}

	@Test
	void headersAreSentInLowerCaseAndMayRepeat() throws Exception {
		this.template.route("see")
			.header("Tenant", "a")
			.header("TENANT", "b")
			.header("x-other", "c")
			.retrieve(String.class);
		UdsRequest request = this.seen.poll(Callers.BOUND.toSeconds(), TimeUnit.SECONDS);
		assertThat(request.metadata()).containsOnlyKeys("tenant", "x-other")
			.containsEntry("tenant", List.of("a", "b"))
			.containsEntry("x-other", List.of("c"));
	}

	@Test
	void routeVariablesAreReplacedAndMeteredAsATemplate() {
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.template.route("orders.{id}.{what}", 7, "get").retrieve(String.class))
			.satisfies((ex) -> assertThat(ex.getRoute()).isEqualTo("orders.7.get"))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
		assertThat(this.recorded).containsExactly("orders.{id}.{what} UNIMPLEMENTED");
		assertThatIllegalArgumentException().isThrownBy(() -> this.template.route("orders.{id}.get"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.template.route("orders.{id}.get", "a.b"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.template.route("orders.{id}.get", ""));
		assertThatIllegalArgumentException().isThrownBy(() -> this.template.route("orders.get", 7));
	}

	@Test
	void remoteFailureCarriesStatusRouteAndPath() {
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.template.request("missing", null, String.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.NOT_FOUND))
			.satisfies((ex) -> assertThat(ex.getRoute()).isEqualTo("missing"))
			.satisfies((ex) -> assertThat(ex.getSocketPath()).isEqualTo(this.listener.path().toString()))
			.satisfies((ex) -> assertThat(ex.getRemoteMessage()).isEqualTo("no such thing"))
			.withMessageContaining("missing")
			.withMessageContaining(this.listener.path().toString());
		assertThat(this.recorded).containsExactly("missing NOT_FOUND");
	}

	@Test
	void deadlineEndsACallAndIsToldToTheServer() throws Exception {
		assertThatExceptionOfType(UdsDeadlineExceededException.class)
			.isThrownBy(() -> this.template.route("never").timeout(Duration.ofMillis(50)).retrieve(String.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED));
		long before = System.nanoTime();
		this.template.route("see").timeout(Duration.ofSeconds(10)).retrieve(String.class);
		UdsRequest request = this.seen.poll(Callers.BOUND.toSeconds(), TimeUnit.SECONDS);
		assertThat(request.deadlineNanos() - before).isBetween(1L, Duration.ofSeconds(10).toNanos() * 2);
		assertThat(this.recorded).containsExactly("never DEADLINE_EXCEEDED", "see OK");
	}

	@Test
	void requestOverTheLimitIsNotSent() {
		byte[] large = new byte[FrameLimits.DEFAULTS.maxFrameSize() + 1];
		assertThatExceptionOfType(UdsLimitExceededException.class)
			.isThrownBy(() -> this.template.request("see", large, byte[].class))
			.withMessageContaining("was not sent")
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.RESOURCE_EXHAUSTED));
		assertThat(this.template.request("see", "small", String.class)).isEqualTo("small");
		assertThat(this.seen).hasSize(1);
		assertThat(this.recorded).containsExactly("see RESOURCE_EXHAUSTED", "see OK");
	}

	@Test
	void answerOverTheLimitFailsItsCallOnly() {
		try (UdsTemplate narrow = this.listener.client().frameLimits(new FrameLimits(1_000, 100, 10, 100)).build()) {
			this.listener.handle("large", (request, callback) -> callback.reply(UdsReply.ok(new byte[100_000])));
			assertThatExceptionOfType(UdsRemoteException.class)
				.isThrownBy(() -> narrow.request("large", null, byte[].class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.RESOURCE_EXHAUSTED));
			assertThat(narrow.request("echo", "small", String.class)).isEqualTo("small");
			assertThat(narrow.getConnectionFactory().stats().connects()).isEqualTo(1);
		}
	}

	@Test
	void largePayloadsGoBothWays() {
		byte[] large = new byte[4_000_000];
		for (int i = 0; i < large.length; i++) {
			large[i] = (byte) (i * 31 >> 3);
		}
		assertThat(this.template.request("echo", large, byte[].class)).isEqualTo(large);
	}

	@Test
	void sendReachesTheHandlerAndItsFailureIsNobodysBusiness() throws Exception {
		this.template.send("see", "event");
		UdsRequest request = this.seen.poll(Callers.BOUND.toSeconds(), TimeUnit.SECONDS);
		assertThat(new String(request.payload(), StandardCharsets.UTF_8)).isEqualTo("event");
		this.template.send("missing", "event");
		assertThat(this.template.request("echo", "after", String.class)).isEqualTo("after");
	}

	@Test
	void handlersMayCallTheirOwnServer() throws Throwable {
		for (Execution execution : List.of(Execution.INLINE, Execution.POOL)) {
			this.listener.handle("outer", execution, (request, callback) -> {
				String inner = this.template.request("echo", "inner", String.class);
				callback.reply(UdsReply.ok(("outer " + inner).getBytes(StandardCharsets.UTF_8)));
			});
			List<Caller<String>> callers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				callers.add(Callers.start(() -> this.template.request("outer", null, String.class)));
			}
			for (Caller<String> caller : callers) {
				assertThat(caller.result()).isEqualTo("outer inner");
			}
		}
	}

	@Test
	void callsFarBeyondWhatMayBeInFlightAllComplete() throws Exception {
		CountDownLatch open = new CountDownLatch(1);
		this.listener.handle("gated", Execution.POOL, (request, callback) -> {
			open.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		List<CompletableFuture<String>> futures = new ArrayList<>();
		for (int i = 0; i < 3_000; i++) {
			futures.add(this.template.requestAsync("gated", "call " + i, String.class));
		}
		List<Caller<String>> callers = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			String text = "caller " + i;
			callers.add(Callers.start(() -> this.template.request("gated", text, String.class)));
		}
		open.countDown();
		for (int i = 0; i < 3_000; i++) {
			assertThat(get(futures.get(i))).isEqualTo("call " + i);
		}
		for (int i = 0; i < 64; i++) {
			assertThat(callers.get(i).future().get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS))
				.isEqualTo("caller " + i);
		}
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(2);
	}

	@Test
	void manyThreadsThatBeginTogetherShareTwoConnections() throws Throwable {
		for (int round = 0; round < 20; round++) {
			try (UdsTemplate fresh = this.listener.client().build()) {
				CountDownLatch begin = new CountDownLatch(1);
				List<Caller<String>> callers = new ArrayList<>();
				for (int i = 0; i < 32; i++) {
					callers.add(Callers.start(() -> {
						begin.await();
						return fresh.request("echo", "text", String.class);
					}));
				}
				begin.countDown();
				for (Caller<String> caller : callers) {
					assertThat(caller.result()).isEqualTo("text");
				}
				assertThat(fresh.getConnectionFactory().stats().connects()).isBetween(1L, 2L);
			}
		}
	}

	private static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS);
	}

	record Order(int id, List<String> items) {
	}

	static class Hostile {

		@JsonProperty
		String value() {
			throw new IllegalStateException("no value");
		}

	}

}
