package io.github.udsboot.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that have to wait for their turn get a further connection, if there may be one.
 */
@Timeout(60)
class FurtherConnectionTests {

	private final ScriptedServer server = new ScriptedServer();

	private final TestClient client = new TestClient(this.server.path(), TransportType.JDK);

	private final List<Peer> peers = new ArrayList<>();

	private UdsTemplate template;

	@AfterEach
	void close() {
		this.peers.forEach(Peer::close);
		if (this.template != null) {
			this.template.close();
		}
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void aCallThatFindsNoPermitGetsAConnection(Kind kind) throws Exception {
		start(2);
		Future<?> first = kind.begin(this.template, "first");
		Peer peer = accept();
		RequestFrame request = peer.request();
		Future<?> second = kind.begin(this.template, "second");
		Peer another = accept();
		another.answer(another.request());
		assertThat(second).succeedsWithin(Callers.BOUND);
		peer.answer(request);
		assertThat(first).succeedsWithin(Callers.BOUND);
		Callers.await().until(() -> connections().limiter().free() == 2);
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void callsThatWaitBeforeThereIsAnyConnectionGetTheirsOneByOne(Kind kind) {
		this.client.maxConnections = 8;
		this.client.maxInFlight = 1;
		// the first call waits for the server, the others for their turn
		this.template = this.client.build();
		List<Future<?>> calls = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			calls.add(kind.begin(this.template, "text"));
		}
		this.server.start();
		List<RequestFrame> requests = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			requests.add(accept().request());
		}
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(5);
		for (int i = 0; i < 5; i++) {
			this.peers.get(i).answer(requests.get(i));
		}
		assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(Callers.BOUND));
		Callers.await().until(() -> connections().limiter().free() == 5);
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatTakesOneConnectionIsLeftAloneAndTheCallsWaitForTheirTurn(Kind kind) {
		this.client.waitForServer = Duration.ZERO;
		this.client.maxBackoff = Duration.ofHours(1);
		start(2);
		Future<?> first = kind.begin(this.template, "first");
		Peer peer = accept();
		RequestFrame request = peer.request();
		Future<?> second = kind.begin(this.template, "second");
		Future<?> third = kind.begin(this.template, "third");
		Peer refused = accept();
		refused.refuseAll(refused.request());
		refused.close();
		Callers.await().until(() -> connections().limiter().isCrowded());
		peer.answer(request);
		peer.answer(peer.request());
		peer.answer(peer.request());
		assertThat(List.of(first, second, third)).allSatisfy((call) -> assertThat(call).succeedsWithin(Callers.BOUND));
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(2);
		// the permit of the lost connection goes when a call finds no room
		Future<?> fourth = kind.begin(this.template, "fourth");
		request = peer.request();
		Future<?> fifth = kind.begin(this.template, "fifth");
		Callers.await().until(() -> connections().limiter().isCrowded());
		peer.answer(request);
		peer.answer(peer.request());
		assertThat(List.of(fourth, fifth)).allSatisfy((call) -> assertThat(call).succeedsWithin(Callers.BOUND));
		Callers.await().until(() -> connections().limiter().free() == 1);
	}

	@ParameterizedTest
	@EnumSource
	void aCallThatWaitsIsAsPatientWithASecondServerAsWithTheFirst(Kind kind) {
		this.client.waitForServer = Duration.ZERO;
		start(2);
		Future<?> first = kind.begin(this.template, "first");
		Peer peer = accept();
		RequestFrame request = peer.request();
		Future<?> second = kind.begin(this.template, "second");
		// tried for again when the back-off is over, as the call still waits
		for (int i = 0; i < 4; i++) {
			Peer refused = accept();
			refused.refuseAll(refused.request());
			refused.close();
		}
		Peer another = accept();
		another.answer(another.request());
		assertThat(second).succeedsWithin(Callers.BOUND);
		peer.answer(request);
		assertThat(first).succeedsWithin(Callers.BOUND);
	}

	@ParameterizedTest
	@EnumSource
	void aCrowdMakesNoMoreConnectionsThanItMayHave(Kind kind) throws Throwable {
		start(2);
		List<Future<?>> calls = new ArrayList<>();
		for (int i = 0; i < 32; i++) {
			calls.add(kind.begin(this.template, "text"));
		}
		List<Caller<Boolean>> answering = new ArrayList<>();
		for (Peer peer : IntStream.range(0, 2).mapToObj((i) -> accept()).toList()) {
			answering.add(Callers.start(() -> answerAll(peer)));
		}
		assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(Callers.BOUND));
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(2);
		Callers.await().until(() -> connections().limiter().free() == 2);
		this.template.close();
		for (Caller<Boolean> caller : answering) {
			assertThat(caller.result()).isTrue();
		}
	}

	@Test
	void noConnectionIsMadeWhereCallsFindTheirPermits() {
		start(8);
		Peer peer = null;
		for (int i = 0; i < 10; i++) {
			CompletableFuture<String> next = async("next");
			peer = (peer != null) ? peer : accept();
			peer.answer(peer.request());
			assertThat(next).succeedsWithin(Callers.BOUND);
			Callers.await().until(() -> connections().limiter().free() == 1);
		}
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(1);
	}

	private static boolean answerAll(Peer peer) {
		for (RequestFrame next = peer.nextOrEnd(); next != null; next = peer.nextOrEnd()) {
			peer.answer(next);
		}
		return true;
	}

	private void start(int maxConnections) {
		this.client.maxConnections = maxConnections;
		this.client.maxInFlight = 1;
		this.server.start();
		this.template = this.client.build();
	}

	private Peer accept() {
		Peer peer = this.server.accept();
		this.peers.add(peer);
		return peer;
	}

	private SharedConnections connections() {
		return TestClient.connections(this.template);
	}

	private CompletableFuture<String> async(String text) {
		return this.template.requestAsync("echo", text, String.class);
	}

	/** How a call waits. */
	enum Kind {

		BLOCKING {

			@Override
			Future<?> begin(UdsTemplate template, String text) {
				return Callers.start(() -> template.request("echo", text, String.class)).future();
			}

		},

		ASYNC {

			@Override
			Future<?> begin(UdsTemplate template, String text) {
				return template.requestAsync("echo", text, String.class);
			}

		},

		ONE_WAY {

			@Override
			Future<?> begin(UdsTemplate template, String text) {
				return Callers.start(() -> {
					template.send("echo", text);
					return true;
				}).future();
			}

		};

		abstract Future<?> begin(UdsTemplate template, String text);

	}

}
