package io.github.udsboot.client;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStats;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.RecordingProtocol;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stream ids begin shortly before they end, so that connections retire all the time.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class RetiredConnectionTests {

	private static final long RETIRE = (1L << 32) - (1L << 16);

	private static final int CALLS_PER_CONNECTION = 100;

	private static final long FIRST = RETIRE + 1 - 2 * CALLS_PER_CONNECTION;

	private static final int MAX_IN_FLIGHT = 32;

	private static final int CALLERS = 12;

	private static final int CALLS_EACH = 400;

	private static final int STREAMERS = 4;

	private static final int STREAMS_EACH = 30;

	private static final int ITEMS = 200;

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	private final Handlers handlers = new Handlers();

	private final RecordingProtocol wire = new RecordingProtocol();

	private TestClient client;

	private UdsListenerContainer listener;

	private UdsTemplate uds;

	@BeforeEach
	void start() {
		HandlerRegistry registry = new HandlerRegistry();
		for (Method method : Handlers.class.getDeclaredMethods()) {
			if (!method.isSynthetic() && !Modifier.isPrivate(method.getModifiers())) {
				registry.register(new UdsHandlerEndpoint(Set.of("test"), method.getName(), () -> this.handlers,
						Handlers.class, method, method.getName().equals("held") ? Execution.POOL : Execution.AUTO));
			}
		}
		Path path = this.directory.resolve("test.sock");
		UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(path));
		options.setTransport(this.transport);
		options.setProtocol(this.wire);
		this.listener = new UdsListenerContainer(options, registry.routerFor("test"), CallRecorder.NONE, null);
		this.listener.start();
		this.client = new TestClient(path, this.transport);
		this.client.firstStreamId = FIRST;
		this.client.maxInFlight = MAX_IN_FLIGHT;
		this.client.timeout = Duration.ofMinutes(1);
	}

	@AfterEach
	void stop() {
		this.uds.close();
		this.listener.stop();
	}

	@Test
	void everyCallOfACrowdIsExecutedOnceWhileConnectionsRetire() throws Throwable {
		this.client.maxConnections = 2;
		this.uds = this.client.build();
		List<Caller<Void>> callers = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			int first = i * CALLS_EACH;
			boolean virtual = i % 2 == 1 && Callers.hasVirtualThreads();
			callers.add(Callers.start(virtual, () -> call(first)));
		}
		for (int i = 0; i < STREAMERS; i++) {
			int kind = i;
			callers.add(Callers.start(() -> stream(kind)));
		}
		for (Caller<Void> caller : callers) {
			caller.future().get(Callers.BOUND.toSeconds() * 4, TimeUnit.SECONDS);
		}
		Callers.await().until(() -> this.handlers.executed() >= CALLERS * CALLS_EACH);
		for (int number = 0; number < CALLERS * CALLS_EACH; number++) {
			assertThat(this.handlers.executions.get(number)).as("executions of call %d", number).isOne();
		}
		assertThatNothingIsLeft();
		assertThatIdsAreInOrder();
		long retired = CALLERS * CALLS_EACH / CALLS_PER_CONNECTION;
		assertThat(this.uds.getConnectionFactory().stats().connects()).isGreaterThanOrEqualTo(retired)
			.isLessThan(retired * 4);
	}

	/** Blocking, without a thread, and one way, in turns. */
	private Void call(int first) throws Exception {
		List<CompletableFuture<Integer>> futures = new ArrayList<>();
		for (int number = first; number < first + CALLS_EACH; number++) {
			switch (number % 3) {
				case 0 -> assertThat(this.uds.request("count", number, Integer.class)).isEqualTo(number);
				case 1 -> futures.add(this.uds.requestAsync("count", number, Integer.class));
				default -> this.uds.send("count", number);
			}
		}
		List<Integer> answers = new ArrayList<>();
		for (CompletableFuture<Integer> future : futures) {
			answers.add(future.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS));
		}
		assertThat(answers).containsExactlyElementsOf(
				IntStream.range(first, first + CALLS_EACH).filter((number) -> number % 3 == 1).boxed().toList());
		return null;
	}

	private Void stream(int kind) {
		List<Integer> items = IntStream.range(0, ITEMS).boxed().toList();
		for (int i = 0; i < STREAMS_EACH; i++) {
			if (kind % 2 == 0) {
				assertThat(this.uds.route("sum").payloads(items).retrieve(Integer.class))
					.isEqualTo(ITEMS * (ITEMS - 1) / 2);
			}
			else {
				try (Stream<Integer> answers = this.uds.route("same").payloads(items).stream(Integer.class)) {
					assertThat(answers).containsExactlyElementsOf(items);
				}
			}
		}
		return null;
	}

	private void assertThatNothingIsLeft() {
		SharedConnections connections = TestClient.connections(this.uds);
		Callers.await()
			.until(() -> connections.stats().requestsInFlight() == 0 && connections.stats().connections() <= 2);
		assertThat(connections.limiter().hasWaiting()).isFalse();
		// one connection or two, as the crowd had it
		Callers.await()
			.until(() -> connections.limiter().free() == MAX_IN_FLIGHT
					|| connections.limiter().free() == 2 * MAX_IN_FLIGHT);
		Callers.await().until(() -> this.listener.stats().requestsInFlight() == 0);
		Callers.await().until(() -> this.listener.stats().connections() == connections.stats().connections());
		UdsListenerStats stats = this.listener.stats();
		Map<CloseReason, Long> closed = stats.closed();
		assertThat(closed.getOrDefault(CloseReason.PROTOCOL_ERROR, 0L)).isZero();
		assertThat(closed.getOrDefault(CloseReason.TRUNCATED, 0L)).isZero();
		assertThat(closed.getOrDefault(CloseReason.IO_ERROR, 0L)).isZero();
		assertThatAllStreamsCanBeHad();
	}

	/** A permit that was not given back would be missed now. */
	private void assertThatAllStreamsCanBeHad() {
		List<Stream<Integer>> streams = new ArrayList<>();
		try {
			for (int i = 0; i < TestClient.MAX_STREAMS; i++) {
				streams.add(this.uds.stream("endless", null, Integer.class));
			}
		}
		finally {
			streams.forEach(Stream::close);
		}
	}

	/** Each connection begins at the first id, and none goes beyond the last. */
	private void assertThatIdsAreInOrder() {
		assertThat(this.wire.streamIds()).allSatisfy((ids) -> {
			assertThat(ids.get(0)).isEqualTo(FIRST);
			assertThat(ids.get(ids.size() - 1)).isLessThan(RETIRE);
			assertThat(ids).isSorted().doesNotHaveDuplicates().allMatch((id) -> id % 2 == 1);
		});
	}

	@Test
	void retiredConnectionStaysForItsLastAnswer() throws Throwable {
		// slots enough that the held call is in nobody's way, who would pass over an id
		this.client.maxInFlight = CALLS_PER_CONNECTION;
		this.uds = this.client.build();
		CompletableFuture<String> held = this.uds.requestAsync("held", "held", String.class);
		assertThat(this.handlers.entered.await(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
		for (int number = 0; number < CALLS_PER_CONNECTION; number++) {
			assertThat(this.uds.request("count", number, Integer.class)).isEqualTo(number);
		}
		// the last of them found no more ids
		assertThat(this.uds.getConnectionFactory().stats().connects()).isEqualTo(2);
		assertThat(this.uds.getConnectionFactory().stats().connections()).isEqualTo(2);
		assertThat(held).isNotDone();
		this.handlers.released.countDown();
		assertThat(held.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("held");
		Callers.await().until(() -> this.uds.getConnectionFactory().stats().connections() == 1);
		Callers.await().until(() -> this.listener.stats().connections() == 1);
		assertThat(this.uds.request("count", CALLS_PER_CONNECTION, Integer.class)).isEqualTo(CALLS_PER_CONNECTION);
		assertThat(this.wire.streamIds()).hasSize(2);
		assertThat(this.wire.streamIds().get(0)).hasSize(CALLS_PER_CONNECTION).last().isEqualTo(RETIRE - 1);
		assertThat(this.wire.streamIds().get(1)).containsExactly(FIRST, FIRST + 2);
	}

	/** The handlers, each called by its name. */
	static class Handlers {

		final AtomicIntegerArray executions = new AtomicIntegerArray(CALLERS * CALLS_EACH);

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch released = new CountDownLatch(1);

		int count(int number) {
			this.executions.incrementAndGet(number);
			return number;
		}

		String held(String text) throws InterruptedException {
			this.entered.countDown();
			this.released.await();
			return text;
		}

		int sum(Stream<Integer> items) {
			return items.mapToInt(Integer::intValue).sum();
		}

		Stream<Integer> same(Stream<Integer> items) {
			return items;
		}

		Stream<Integer> endless() {
			return Stream.iterate(0, (number) -> number + 1);
		}

		private int executed() {
			return IntStream.range(0, this.executions.length()).map(this.executions::get).sum();
		}

	}

}
