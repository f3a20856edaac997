package io.github.udsboot.listener;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many clients that cut their frames in all ways, with slow handlers among the quick
 * ones: nothing is lost, doubled or misrouted.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class ListenerStressTests {

	private static final List<String> ROUTES = List.of("echo", "echo", "echo", "slow", "pool", "async", "large");

	private final TestListener listener;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger handled = new AtomicInteger();

	ListenerStressTests(TransportType transport) {
		this.listener = new TestListener(transport).options((options) -> {
			options.setMaxInFlightPerConnection(10_000);
			options.setMaxInFlight(100_000);
			options.setOutboundQueueSize(100_000);
			options.setDrainTimeout(Duration.ofSeconds(10));
		});
		this.listener.handle("echo", (request, callback) -> callback.reply(answer(request.payload())));
		this.listener.handle("slow", (request, callback) -> {
			if (request.payload()[11] == 0) {
				Thread.sleep(10);
			}
			callback.reply(answer(request.payload()));
		});
		this.listener.handle("pool", Execution.POOL, (request, callback) -> callback.reply(answer(request.payload())));
		this.listener.handle("async",
				(request, callback) -> this.threads.execute(() -> callback.reply(answer(request.payload()))));
		this.listener.handle("large", (request, callback) -> {
			byte[] bytes = Arrays.copyOf(request.payload(), 20_000);
			callback.reply(answer(bytes));
		});
	}

	private UdsReply answer(byte[] payload) {
		this.handled.incrementAndGet();
		return UdsReply.ok(payload);
	}

	@AfterEach
	void stop() {
		this.listener.close();
		this.threads.shutdownNow();
	}

	@Test
	void coalescedAndSplitFramesOfManyClientsAreAllAnsweredOnce() throws Exception {
		this.listener.start();
		int clients = 6;
		int calls = 1500;
		List<Future<Void>> all = new ArrayList<>();
		for (int i = 0; i < clients; i++) {
			int number = i;
			all.add(this.threads.submit((Callable<Void>) () -> {
				run(number, calls);
				return null;
			}));
		}
		for (Future<Void> future : all) {
			future.get(50, TimeUnit.SECONDS);
		}
		assertThat(this.handled).hasValue(clients * calls);
		assertThat(this.listener.container().stats().requestsInFlight()).isZero();
	}

	private void run(int number, int calls) throws Exception {
		Random random = new Random(number);
		Map<Long, byte[]> expected = new HashMap<>();
		List<byte[]> requests = new ArrayList<>();
		for (int i = 0; i < calls; i++) {
			String route = ROUTES.get(random.nextInt(ROUTES.size()));
			int length = 12 + ((random.nextInt(40) == 0) ? random.nextInt(60_000) : random.nextInt(100));
			byte[] payload = new byte[length];
			random.nextBytes(payload);
			// whose call it is, and whether a slow handler sleeps: one in seventeen slow
			// ones, one per cent of all
			ByteBuffer.wrap(payload).putInt(number).putInt(i).putInt((random.nextInt(17) == 0) ? 0 : 1);
			long streamId = 2L * i + 1;
			expected.put(streamId, route.equals("large") ? Arrays.copyOf(payload, 20_000) : payload);
			requests.add(RawClient.request(streamId, route, payload));
		}
		try (RawClient client = RawClient.connect(this.listener.path())) {
			Future<?> writer = this.threads.submit(() -> write(client, requests, number, new Random(number)));
			for (int i = 0; i < calls; i++) {
				ResponseFrame response = client.receive();
				byte[] payload = expected.remove(response.streamId());
				assertThat(payload).as("answered once").isNotNull();
				assertThat(response.status()).isEqualTo(Status.OK);
				assertThat(Arrays.equals(response.payload(), payload)).as("the answer to this call").isTrue();
			}
			writer.get(20, TimeUnit.SECONDS);
			client.shutdownOutput();
			assertThat(client.isAtEnd()).as("nothing more").isTrue();
		}
		assertThat(expected).isEmpty();
	}

	/** Each client in its way: all at once, byte by byte, or as it comes. */
	private static void write(RawClient client, List<byte[]> requests, int way, Random random) {
		byte[] bytes = RawClient.join(requests.toArray(byte[][]::new));
		int at = 0;
		while (at < bytes.length) {
			int length = switch (way % 3) {
				case 0 -> 100_000;
				case 1 -> (at < 20_000) ? 1 : 10_000;
				default -> 1 + random.nextInt(random.nextBoolean() ? 10 : 5_000);
			};
			int end = Math.min(bytes.length, at + length);
			client.write(Arrays.copyOfRange(bytes, at, end));
			at = end;
		}
	}

}
