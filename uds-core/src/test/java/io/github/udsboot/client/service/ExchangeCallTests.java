package io.github.udsboot.client.service;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import reactor.core.publisher.Mono;

import io.github.udsboot.Status;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Typed clients with a real listener at the other end.
 */
@Timeout(60)
class ExchangeCallTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final LinkedBlockingQueue<UdsRequest> seen = new LinkedBlockingQueue<>();

	private TestListener listener;

	private UdsTemplate template;

	private Calls calls;

	@BeforeEach
	void start() {
		this.listener = new TestListener().handle("see.7.it", (request, callback) -> {
			this.seen.add(request);
			callback.reply(UdsReply.ok(new byte[0]));
		});
		this.listener.handle("missing",
				(request, callback) -> callback.reply(UdsReply.failed(Status.NOT_FOUND, "no such thing")));
		this.listener.handle("never", (request, callback) -> {
		});
		// one handler here never answers
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofMillis(100)));
		this.listener.start();
		this.template = this.listener.client().build();
		this.calls = UdsServiceProxyFactory.builder(this.template).build().createClient(Calls.class);
	}

	@AfterEach
	void close() {
		this.template.close();
		this.listener.close();
	}

	@Test
	void valuesGoThereAndBack() {
		Order order = new Order(7, List.of("tea"));
		assertThat(this.calls.order(order)).isEqualTo(order);
		assertThat(this.calls.orders(List.of(order))).containsExactly(order);
		assertThat(this.calls.length(42)).isEqualTo(42);
		assertThat(this.calls.optional(null)).isEmpty();
		assertThat(this.calls.optional(order)).contains(order);
		assertThat(this.calls.maybe(null)).isNull();
	}

	@Test
	void asynchronousResultsComplete() {
		Order order = new Order(7, List.of());
		assertThat(this.calls.later(order)).succeedsWithin(BOUND).isEqualTo(order);
		assertThat(this.calls.mono(order).block(BOUND)).isEqualTo(order);
		assertThat(this.calls.mono(null).blockOptional(BOUND)).isEmpty();
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> this.calls.missingMono().block(BOUND))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.NOT_FOUND));
	}

	@Test
	void headersAndVariablesArrive() throws Exception {
		this.calls.see(7, "acme");
		UdsRequest request = this.seen.poll(BOUND.toSeconds(), TimeUnit.SECONDS);
		assertThat(request.route()).isEqualTo("see.7.it");
		assertThat(request.metadata()).containsEntry("tenant", List.of("acme"));
		this.calls.seeOneWay(7);
		assertThat(this.seen.poll(BOUND.toSeconds(), TimeUnit.SECONDS)).isNotNull();
	}

	@Test
	void valueOfAVariableMustNotHoldADot() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.calls.route("a.b")).withMessageContaining("{route}");
	}

	@Test
	void failureOfAVoidMethodIsThrown() {
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> this.calls.route("missing"))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.NOT_FOUND));
	}

	@Test
	void timeoutsEndTheCall() {
		assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(() -> this.calls.never());
		assertThatExceptionOfType(UdsDeadlineExceededException.class)
			.isThrownBy(() -> this.calls.never(Duration.ofMillis(20)));
	}

	record Order(int id, List<String> items) {

	}

	interface Calls {

		@UdsExchange("echo")
		Order order(Order order);

		@UdsExchange("echo")
		List<Order> orders(List<Order> orders);

		@UdsExchange("echo")
		int length(int length);

		@UdsExchange("echo")
		Optional<Order> optional(@Nullable Order order);

		@UdsExchange("echo")
		@Nullable Order maybe(@Nullable Order order);

		@UdsExchange("echo")
		CompletableFuture<Order> later(Order order);

		@UdsExchange("echo")
		Mono<Order> mono(@Nullable Order order);

		@UdsExchange("missing")
		Mono<Void> missingMono();

		@UdsExchange("{route}")
		void route(@DestinationVariable String route);

		@UdsExchange("see.{id}.it")
		void see(@DestinationVariable int id, @Header("Tenant") String tenant);

		@UdsExchange(value = "see.{id}.it", oneWay = true)
		void seeOneWay(@DestinationVariable int id);

		@UdsExchange(value = "never", timeout = "20ms")
		void never();

		@UdsExchange("never")
		void never(Duration timeout);

	}

}
