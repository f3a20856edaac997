package io.github.udsboot.metrics;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.udsboot.UdsException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.ConnectFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class UdsMetersTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final TestListener listener = new TestListener();

	@AfterEach
	void close() {
		this.listener.close();
	}

	@Test
	void connectionsAndRequestsAreSeenWhileTheyLastOnBothSides() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		this.listener.handle("wait", (request, callback) -> {
			entered.countDown();
			leave.await();
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (UdsTemplate client = this.listener.client().name("orders").build()) {
			new UdsListenerMetrics(this.listener.container()).bindTo(this.registry);
			new UdsClientMetrics(client.getConnectionFactory()).bindTo(this.registry);
			assertThat(gauge("uds.server.connections")).isZero();
			CompletableFuture<String> answer = client.requestAsync("wait", "a", String.class);
			assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
			assertThat(gauge("uds.server.connections")).isEqualTo(1);
			assertThat(gauge("uds.server.requests.active")).isEqualTo(1);
			assertThat(gauge("uds.client.connections")).isEqualTo(1);
			assertThat(gauge("uds.client.requests.active")).isEqualTo(1);
			assertThat(counter("uds.client.connects")).isEqualTo(1);
			assertThat(counter("uds.server.connections.accepted")).isEqualTo(1);
			// The handler lasts: its loop was handed over and it occupies a thread
			Awaitility.await().untilAsserted(() -> assertThat(counter("uds.server.handovers")).isEqualTo(1));
			assertThat(gauge("uds.server.handler.threads")).isEqualTo(1);
			leave.countDown();
			assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("a");
			Awaitility.await().untilAsserted(() -> assertThat(gauge("uds.server.requests.active")).isZero());
			assertThat(gauge("uds.client.requests.active")).isZero();
		}
		Awaitility.await().untilAsserted(() -> assertThat(gauge("uds.server.connections")).isZero());
		assertThat(gauge("uds.client.connections")).isZero();
		assertThat(this.registry.get("uds.server.connections.closed").tag("reason", "PEER_CLOSED").functionCounter())
			.extracting(FunctionCounter::count)
			.isEqualTo(1.0);
	}

	@Test
	void refusedConnectionsAreCountedByReason() {
		this.listener.options((options) -> options.setAuthorizer((peer) -> false)).start();
		new UdsListenerMetrics(this.listener.container()).bindTo(this.registry);
		assertThat(this.registry.get("uds.server.connections.refused").functionCounters())
			.extracting((counter) -> counter.getId().getTag("reason"))
			.containsExactlyInAnyOrder("UNAUTHORIZED", "CONNECTIONS", "CONNECTIONS_OF_USER", "MEMORY",
					"NO_CREDENTIALS");
		try (UdsTemplate client = this.listener.client().waitForServer(Duration.ZERO).build()) {
			assertThatExceptionOfType(UdsException.class).isThrownBy(() -> client.request("echo", "a", String.class));
		}
		Awaitility.await()
			.untilAsserted(() -> assertThat(
					this.registry.get("uds.server.connections.refused").tag("reason", "UNAUTHORIZED").functionCounter())
				.extracting(FunctionCounter::count)
				.satisfies((count) -> assertThat(count).isGreaterThanOrEqualTo(1)));
	}

	@Test
	void failedConnectsAreCounted() {
		try (UdsTemplate client = this.listener.client().waitForServer(Duration.ZERO).build()) {
			new UdsClientMetrics(client.getConnectionFactory()).bindTo(this.registry);
			assertThatExceptionOfType(UdsException.class).isThrownBy(() -> client.request("echo", "a", String.class))
				.withCauseInstanceOf(ConnectFailedException.class);
			assertThat(counter("uds.client.connect.failures")).isEqualTo(1);
			assertThat(counter("uds.client.connects")).isZero();
		}
	}

	@Test
	void everyMeterHasTheNameOfItsOwnerAndADescription() {
		this.listener.start();
		try (UdsTemplate client = this.listener.client().name("orders").build()) {
			new UdsListenerMetrics(this.listener.container()).bindTo(this.registry);
			new UdsClientMetrics(client.getConnectionFactory()).bindTo(this.registry);
			assertThat(this.registry.getMeters()).hasSizeGreaterThan(10).allSatisfy((meter) -> {
				boolean server = meter.getId().getName().startsWith("uds.server.");
				assertThat(meter.getId().getTag(server ? "listener" : "client")).isEqualTo(server ? "test" : "orders");
				assertThat(meter.getId().getDescription()).isNotEmpty();
			});
		}
	}

	@Test
	void metersOutliveARestartOfTheListener() {
		this.listener.start();
		new UdsListenerMetrics(this.listener.container()).bindTo(this.registry);
		for (int run = 1; run <= 2; run++) {
			try (UdsTemplate client = this.listener.client().build()) {
				client.request("echo", "a", String.class);
			}
			assertThat(counter("uds.server.connections.accepted")).isEqualTo(run);
			this.listener.container().stop();
			assertThat(gauge("uds.server.connections")).isZero();
			assertThat(counter("uds.server.connections.accepted")).isEqualTo(run);
			this.listener.container().start();
		}
	}

	private double gauge(String name) {
		return this.registry.get(name).gauge().value();
	}

	private double counter(String name) {
		return this.registry.get(name).functionCounter().count();
	}

}
