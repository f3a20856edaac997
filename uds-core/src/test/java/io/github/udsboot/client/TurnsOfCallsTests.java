package io.github.udsboot.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.Status;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls wait for their turn while there is no room, and leave when they are cancelled.
 */
@Timeout(60)
class TurnsOfCallsTests {

	private final ScriptedServer server = new ScriptedServer();

	private final TestClient client = new TestClient(this.server.path(), TransportType.JDK);

	private UdsTemplate template;

	@AfterEach
	void close() {
		if (this.template != null) {
			this.template.close();
		}
		this.server.close();
	}

	@Test
	void callsWaitForTheirTurnWhenOneOfTwoConnectionsIsGone() throws Throwable {
		this.client.maxConnections = 2;
		this.client.maxInFlight = 2;
		this.client.waitForServer = Duration.ZERO;
		// a further connection is tried for with each call
		this.client.initialBackoff = Duration.ofNanos(1);
		this.client.maxBackoff = Duration.ofNanos(1);
		this.server.start();
		this.template = this.client.build();
		CompletableFuture<String> first = async("first");
		Peer peer = this.server.accept();
		RequestFrame firstRequest = peer.request();
		CompletableFuture<String> lost = async("lost");
		Peer leaving = this.server.accept();
		leaving.request();
		SharedConnections connections = TestClient.connections(this.template);
		Callers.await().until(() -> connections.limiter().free() == 2);
		this.server.stop();
		leaving.close();
		assertThat(lost).failsWithin(Callers.BOUND);
		CompletableFuture<String> second = async("second");
		RequestFrame secondRequest = peer.request();
		// two permits are left, and no room
		CompletableFuture<String> third = async("third");
		Caller<String> fourth = Callers.start(() -> this.template.request("echo", "fourth", String.class));
		fourth.awaitTurn();
		Caller<Boolean> fifth = Callers.start(() -> {
			this.template.send("echo", "fifth");
			return true;
		});
		fifth.awaitTurn();
		assertThat(third).isNotDone();
		peer.answer(firstRequest);
		peer.answer(secondRequest);
		for (int i = 0; i < 3; i++) {
			peer.answer(peer.request());
		}
		assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
		assertThat(second.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("second");
		assertThat(third.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("third");
		assertThat(fourth.result()).isEqualTo("fourth");
		assertThat(fifth.result()).isTrue();
		Callers.await().until(() -> connections.limiter().free() == 2);
		// and when the server is back, so is the room
		this.server.start();
		CompletableFuture<String> sixth = async("sixth");
		CompletableFuture<String> seventh = async("seventh");
		Peer back = this.server.accept();
		back.answer(back.request());
		peer.answer(peer.request());
		assertThat(sixth.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("sixth");
		assertThat(seventh.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("seventh");
		Callers.await().until(() -> connections.limiter().free() == 4);
		peer.close();
		back.close();
	}

	@Test
	void aFailedCallGivesItsPermitBackBeforeItsCallbackRuns() throws Exception {
		this.client.maxInFlight = 1;
		this.client.waitForServer = Duration.ZERO;
		// the callback runs where the connection is closed
		this.client.executor = Runnable::run;
		this.server.start();
		this.template = this.client.build();
		AtomicInteger free = new AtomicInteger(-1);
		CompletableFuture<Void> seen = async("text").handle((answer, failure) -> {
			free.set(TestClient.connections(this.template).limiter().free());
			return null;
		});
		Peer peer = this.server.accept();
		peer.request();
		peer.close();
		seen.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS);
		assertThat(free).hasValue(1);
	}

	@Test
	void cancellingEndsACallThatWaitsForTheServerOrForItsTurn() {
		this.client.maxInFlight = 1;
		this.client.timeout = Duration.ofHours(1);
		this.client.waitForServer = Duration.ofHours(1);
		this.client.initialBackoff = Duration.ofHours(1);
		this.client.maxBackoff = Duration.ofHours(1);
		AtomicInteger cancelled = new AtomicInteger();
		this.client.recorder = (route, status, nanos) -> {
			if (status == Status.CANCELLED) {
				cancelled.incrementAndGet();
			}
		};
		this.template = this.client.build();
		CompletableFuture<String> connecting = async("connecting");
		CompletableFuture<String> waiting = async("waiting");
		waiting.cancel(true);
		Callers.await().until(() -> cancelled.get() == 1);
		connecting.cancel(true);
		Callers.await().until(() -> cancelled.get() == 2);
		Callers.await().until(() -> TestClient.connections(this.template).limiter().free() == 1);
		assertThat(TestClient.connections(this.template).limiter().hasWaiting()).isFalse();
	}

	@Test
	void noDurationIsTooLong() throws Throwable {
		Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
		this.server.start();
		try (UdsTemplate patient = UdsTemplate.builder()
			.path(this.server.path().toString())
			.timeout(forever)
			.connectTimeout(forever)
			.waitForServer(forever)
			.backoff(Duration.ofDays(3), forever)
			.busyPoll(forever)
			.build()) {
			Caller<String> blocking = Callers.start(() -> patient.request("echo", "blocking", String.class));
			Peer peer = this.server.accept();
			peer.answer(peer.request());
			assertThat(blocking.result()).isEqualTo("blocking");
			CompletableFuture<String> async = patient.route("echo")
				.payload("async")
				.timeout(forever)
				.retrieveAsync(String.class);
			peer.answer(peer.request());
			assertThat(async.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("async");
			peer.close();
		}
	}

	private CompletableFuture<String> async(String text) {
		return this.template.requestAsync("echo", text, String.class);
	}

}
