package io.github.udsboot.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.observation.CallRecorder;

import static org.assertj.core.api.Assertions.assertThat;

class MicrometerCallRecorderTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void callsOfAListenerAreTimedPerRouteAndStatus() {
		CallRecorder recorder = new MicrometerCallRecorderFactory(this.registry).forListener("admin");
		recorder.record("orders.{id}.get", Status.OK, 3_000_000);
		recorder.record("orders.{id}.get", Status.OK, 5_000_000);
		recorder.record("orders.{id}.get", Status.NOT_FOUND, 1_000_000);
		Timer ok = this.registry.get("uds.server.requests")
			.tags("listener", "admin", "route", "orders.{id}.get", "status", "OK")
			.timer();
		assertThat(ok.count()).isEqualTo(2);
		assertThat(ok.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(8);
		assertThat(this.registry.get("uds.server.requests").tag("status", "NOT_FOUND").timer().count()).isEqualTo(1);
	}

	@Test
	void callsOfAClientAreTimedUnderTheirOwnName() {
		new MicrometerCallRecorderFactory(this.registry).forClient("orders").record("get", Status.UNAVAILABLE, 1);
		assertThat(this.registry.get("uds.client.requests")
			.tags("client", "orders", "route", "get", "status", "UNAVAILABLE")
			.timer()
			.count()).isEqualTo(1);
		assertThat(this.registry.find("uds.server.requests").timer()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void everyStatusHasATimerOfItsOwn(Status status) {
		MicrometerCallRecorder.forListener(this.registry, "default").record("get", status, 1);
		assertThat(this.registry.get("uds.server.requests").timers()).singleElement()
			.satisfies((timer) -> assertThat(timer.getId().getTag("status")).isEqualTo(status.name()));
	}

	@Test
	void aTimerIsLookedUpInTheRegistryOnce() {
		List<Meter.Id> asked = new ArrayList<>();
		this.registry.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				asked.add(id);
				return id;
			}

		});
		MicrometerCallRecorder recorder = MicrometerCallRecorder.forListener(this.registry, "default");
		for (int i = 0; i < 10; i++) {
			recorder.record("get", Status.OK, 1);
		}
		assertThat(asked).hasSize(1);
	}

	@Test
	void routesBeyondTheLimitShareOneTimer() {
		MicrometerCallRecorder recorder = MicrometerCallRecorder.forClient(this.registry, "default");
		int calls = MicrometerCallRecorder.MAX_ROUTES + 100;
		for (int i = 0; i < calls; i++) {
			recorder.record("route." + i, Status.OK, 1);
		}
		recorder.record("route.0", Status.OK, 1);
		assertThat(this.registry.get("uds.client.requests").timers()).hasSize(MicrometerCallRecorder.MAX_ROUTES + 1);
		assertThat(count("OTHER")).isEqualTo(100);
		assertThat(count("route.0")).isEqualTo(2);
		assertThat(count("route." + (MicrometerCallRecorder.MAX_ROUTES - 1))).isEqualTo(1);
	}

	@Test
	void routesThatComeAtOnceDoNotPassTheLimitAndLoseNoCall() throws Exception {
		MicrometerCallRecorder recorder = MicrometerCallRecorder.forClient(this.registry, "default");
		int threads = 8;
		int calls = 2 * MicrometerCallRecorder.MAX_ROUTES;
		CyclicBarrier start = new CyclicBarrier(threads);
		List<CompletableFuture<Void>> done = new ArrayList<>();
		for (int thread = 0; thread < threads; thread++) {
			CompletableFuture<Void> future = new CompletableFuture<>();
			done.add(future);
			new Thread(() -> {
				try {
					start.await();
					for (int i = 0; i < calls; i++) {
						recorder.record("route." + i, Status.OK, 1);
					}
					future.complete(null);
				}
				catch (Exception ex) {
					future.completeExceptionally(ex);
				}
			}).start();
		}
		CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
		assertThat(this.registry.get("uds.client.requests").timers()).hasSize(MicrometerCallRecorder.MAX_ROUTES + 1);
		assertThat(this.registry.get("uds.client.requests").timers().stream().mapToLong(Timer::count).sum())
			.isEqualTo((long) threads * calls);
	}

	private long count(String route) {
		return this.registry.get("uds.client.requests").tag("route", route).timer().count();
	}

}
