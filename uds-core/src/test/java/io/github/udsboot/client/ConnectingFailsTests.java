package io.github.udsboot.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.github.udsboot.UdsException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.HookedTransport;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whatever is thrown while a connection is made is the outcome of that attempt: each call
 * has one outcome, all permits come back, nothing stays open, and the next call works.
 */
@Timeout(60)
class ConnectingFailsTests {

	private static final int MAX_IN_FLIGHT = 4;

	private final ScriptedServer server = new ScriptedServer();

	private final TestClient client = new TestClient(this.server.path(), TestTransport.type());

	private final AtomicInteger sockets = new AtomicInteger();

	private final AtomicInteger selectors = new AtomicInteger();

	private final List<Thread> servers = new ArrayList<>();

	private final Queue<Peer> peers = new ConcurrentLinkedQueue<>();

	/** Thrown at its place, while it is set. */
	private volatile Throwable failure;

	private volatile Place place;

	private UdsTemplate template;

	@AfterEach
	void close() throws Exception {
		this.failure = null;
		if (this.template != null) {
			this.template.close();
		}
		this.server.close();
		for (Thread thread : this.servers) {
			thread.join(Callers.BOUND.toMillis());
		}
	}

	static Stream<Arguments> placesAndFailures() {
		return Stream.of(Place.values())
			.flatMap((place) -> Stream
				.of(new OutOfMemoryError("on purpose"), new IllegalStateException("on purpose"),
						new StackOverflowError("on purpose"))
				.map((failure) -> Arguments.of(place, failure)));
	}

	@ParameterizedTest
	@MethodSource("placesAndFailures")
	void eachCallHasOneOutcomeAndTheNextOneWorks(Place place, Throwable failure) throws Throwable {
		this.client.waitForServer = Duration.ZERO;
		start();
		serve();
		this.place = place;
		this.failure = failure;
		List<CompletableFuture<?>> outcomes = new ArrayList<>();
		for (int i = 0; i < 2 * MAX_IN_FLIGHT; i++) {
			outcomes.add(this.template.requestAsync("echo", "async", String.class));
			outcomes.add(outcomeOf(() -> this.template.request("echo", "blocking", String.class)));
		}
		for (CompletableFuture<?> outcome : outcomes) {
			Callers.await().until(outcome::isDone);
			// a connection that cannot be watched serves until that is found out
			if (place != Place.REGISTER || outcome.isCompletedExceptionally()) {
				assertThat(outcome).failsWithin(Callers.BOUND)
					.withThrowableThat()
					.withCauseInstanceOf(UdsException.class)
					.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("on purpose"));
			}
		}
		SharedConnections connections = TestClient.connections(this.template);
		Callers.await().until(() -> connections.limiter().free() == MAX_IN_FLIGHT);
		this.failure = null;
		assertThat(this.template.request("echo", "next", String.class)).isEqualTo("next");
		assertThat(this.template.requestAsync("echo", "next", String.class)
			.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("next");
		Callers.await().until(() -> connections.limiter().free() == MAX_IN_FLIGHT);
		// one socket; its selector and the I/O thread's
		Callers.await().until(() -> this.sockets.get() == 1 && this.selectors.get() == 2);
		this.template.close();
		Callers.await().until(() -> this.sockets.get() == 0 && this.selectors.get() == 0);
	}

	private static CompletableFuture<String> outcomeOf(Supplier<String> call) {
		try {
			return CompletableFuture.completedFuture(call.get());
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Test
	void callsThatWaitForTheServerAreServedThoughAnAttemptThrows() throws Exception {
		AtomicInteger connects = new AtomicInteger();
		this.client.transport = new HookedTransport(this.client.transport) {

			@Override
			protected UdsSocket connect(UdsTransport delegate, UdsAddress address) throws ConnectFailedException {
				UdsSocket socket = super.connect(delegate, address);
				if (connects.incrementAndGet() == 2) {
					socket.close();
					throw new OutOfMemoryError("on purpose");
				}
				return socket;
			}

		};
		this.client.maxConnections = 2;
		this.client.maxInFlight = 16;
		this.template = this.client.build();
		List<CompletableFuture<String>> futures = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			futures.add(this.template.requestAsync("echo", "call " + i, String.class));
		}
		SharedConnections connections = TestClient.connections(this.template);
		Callers.await().until(() -> connections.limiter().free() == 10);
		serve();
		for (int i = 0; i < 6; i++) {
			assertThat(futures.get(i).get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("call " + i);
		}
		Callers.await().until(() -> connections.limiter().free() >= 16);
	}

	@Test
	void anAttemptThatThrowsCostsNoCallOnAHealthyConnection() throws Throwable {
		AtomicInteger connects = new AtomicInteger();
		this.client.transport = new HookedTransport(this.client.transport) {

			@Override
			protected UdsSocket connect(UdsTransport delegate, UdsAddress address) throws ConnectFailedException {
				switch (connects.incrementAndGet()) {
					case 1 -> {
						return super.connect(delegate, address);
					}
					case 2 -> throw new ConnectFailedException(Reason.BACKLOG_FULL, "busy", null);
					default -> throw new OutOfMemoryError("on purpose");
				}
			}

		};
		this.client.maxConnections = 2;
		this.client.maxInFlight = 2;
		this.client.initialBackoff = Duration.ofNanos(1);
		this.client.maxBackoff = Duration.ofNanos(1);
		this.server.start();
		this.template = this.client.build();
		CompletableFuture<String> first = this.template.requestAsync("echo", "first", String.class);
		Peer peer = this.server.accept();
		RequestFrame firstRequest = peer.request();
		Caller<String> innocent = Callers.start(() -> this.template.request("echo", "innocent", String.class));
		RequestFrame innocentRequest = peer.request();
		CompletableFuture<String> waiting = this.template.requestAsync("echo", "waiting", String.class);
		// its turn comes on the thread that reads this answer
		peer.answer(firstRequest);
		RequestFrame waitingRequest = peer.request();
		// the attempt on that thread is left out if another thread is just making one; a
		// call that finds no permit asks for one in any case
		CompletableFuture<String> another = this.template.requestAsync("echo", "another", String.class);
		Callers.await().until(() -> connects.get() >= 3);
		peer.answer(innocentRequest);
		peer.answer(waitingRequest);
		peer.answer(peer.request());
		assertThat(another.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("another");
		assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
		assertThat(innocent.result()).isEqualTo("innocent");
		assertThat(waiting.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("waiting");
		Callers.await().until(() -> TestClient.connections(this.template).limiter().free() == 2);
		peer.close();
	}

	@Test
	void reconnectsTakeNoNewDirectMemory() {
		AtomicInteger allocated = new AtomicInteger();
		this.client.buffers = (size) -> {
			allocated.incrementAndGet();
			return ByteBuffer.allocateDirect(size);
		};
		start();
		serve();
		for (int i = 0; i < 50; i++) {
			assertThat(this.template.request("echo", "text", String.class)).isEqualTo("text");
			this.peers.forEach(Peer::close);
			Callers.await().until(() -> this.sockets.get() == 0 && this.selectors.get() == 1);
		}
		assertThat(allocated).hasValue(1);
	}

	@Test
	void aStreamIsToldWhatWasThrown() {
		this.client.waitForServer = Duration.ZERO;
		start();
		serve();
		this.place = Place.CONNECT;
		for (Throwable thrown : List.of(new OutOfMemoryError("on purpose"), new IllegalStateException("on purpose"))) {
			this.failure = thrown;
			assertThatExceptionOfType(UdsUnavailableException.class)
				.isThrownBy(() -> this.template.stream("echo", "text", String.class).close())
				.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("on purpose"));
			assertThat(this.sockets).hasValue(0);
		}
	}

	@Test
	void aStreamWithoutATimeoutWaitsForAFullBacklog() {
		this.client.waitForServer = Duration.ZERO;
		this.client.connectTimeout = Duration.ofMillis(200);
		AtomicInteger connects = new AtomicInteger();
		this.client.transport = new HookedTransport(this.client.transport) {

			@Override
			protected UdsSocket connect(UdsTransport delegate, UdsAddress address) throws ConnectFailedException {
				connects.incrementAndGet();
				throw new ConnectFailedException(Reason.BACKLOG_FULL, "the backlog is full", null);
			}

		};
		this.template = this.client.build();
		assertThatExceptionOfType(UdsUnavailableException.class)
			.isThrownBy(() -> this.template.stream("echo", "text", String.class).close())
			.withMessageContaining("the backlog is full");
		assertThat(connects.get()).isGreaterThan(1);
	}

	private void start() {
		this.client.maxInFlight = MAX_IN_FLIGHT;
		this.client.transport = new FailingTransport(this.client.transport);
		IntFunction<ByteBuffer> buffers = this.client.buffers;
		this.client.buffers = (size) -> {
			fail(Place.BUFFER);
			return buffers.apply(size);
		};
		this.template = this.client.build();
	}

	private void fail(Place place) {
		Throwable thrown = this.failure;
		if (thrown != null && this.place == place) {
			if (thrown instanceof Error error) {
				throw error;
			}
			throw (RuntimeException) thrown;
		}
	}

	/** Echo whatever comes until the test is over. */
	private void serve() {
		this.server.start();
		Thread acceptor = new Thread(() -> {
			try {
				while (true) {
					Peer peer = this.server.accept();
					this.peers.add(peer);
					Thread thread = new Thread(() -> echo(peer), "test-echo");
					thread.setDaemon(true);
					thread.start();
				}
			}
			catch (UncheckedIOException | NullPointerException ex) {
				// the server was stopped
			}
		}, "test-acceptor");
		acceptor.setDaemon(true);
		acceptor.start();
		this.servers.add(acceptor);
	}

	private static void echo(Peer peer) {
		try (peer) {
			RequestFrame request = peer.nextOrEnd();
			while (request != null) {
				peer.answer(request);
				request = peer.nextOrEnd();
			}
		}
		catch (UncheckedIOException ex) {
			// the client has gone
		}
	}

	enum Place {

		CONNECT, OPEN_SELECTOR, BUFFER, REGISTER, READ, WRITE

	}

	/** Counts what is open. */
	private final class FailingTransport extends HookedTransport {

		private FailingTransport(UdsTransport delegate) {
			super(delegate);
		}

		@Override
		protected UdsSocket connect(UdsTransport delegate, UdsAddress address) throws ConnectFailedException {
			fail(Place.CONNECT);
			UdsSocket socket = super.connect(delegate, address);
			ConnectingFailsTests.this.sockets.incrementAndGet();
			return socket;
		}

		@Override
		protected void closed() {
			ConnectingFailsTests.this.sockets.decrementAndGet();
		}

		@Override
		public Selector openSelector() throws IOException {
			fail(Place.OPEN_SELECTOR);
			Selector selector = super.openSelector();
			ConnectingFailsTests.this.selectors.incrementAndGet();
			return selector;
		}

		@Override
		protected void selectorClosed() {
			ConnectingFailsTests.this.selectors.decrementAndGet();
		}

		@Override
		protected void registering() {
			fail(Place.REGISTER);
		}

		@Override
		protected int read(UdsSocket socket, ByteBuffer target) throws IOException {
			fail(Place.READ);
			return super.read(socket, target);
		}

		@Override
		protected int write(UdsSocket socket, ByteBuffer source) throws IOException {
			fail(Place.WRITE);
			return super.write(socket, source);
		}

	}

}
