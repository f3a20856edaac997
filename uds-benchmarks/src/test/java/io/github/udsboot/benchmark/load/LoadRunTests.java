package io.github.udsboot.benchmark.load;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CallersLoad} and {@link InFlightLoad}.
 */
class LoadRunTests {

	private static final Duration SHORT = Duration.ofMillis(50);

	@Test
	void callsOfTheWarmUpDoNotCount() throws InterruptedException {
		EchoStub client = new EchoStub();
		LoadResult result = CallersLoad.run(Load.ofCallers(64, 2).lasting(SHORT, SHORT), client);
		assertThat(result.calls()).isPositive().isLessThan(result.totalCalls());
		assertThat(result.totalCalls()).isEqualTo(client.calls.get());
		assertThat(result.seconds()).isEqualTo(0.05);
		assertThat(result.allocatedBytes()).isNotNegative();
	}

	@Test
	void oneCallInAHundredIsSlow() throws InterruptedException {
		EchoStub client = new EchoStub();
		LoadResult result = CallersLoad.run(Load.ofCallers(64, 4).withSlowCalls().lasting(SHORT, SHORT), client);
		assertThat(client.slowCalls.get()).isBetween((int) (result.totalCalls() / 100) - 4,
				(int) (result.totalCalls() / 100) + 4);
	}

	@Test
	void answerThatDiffersEndsTheLoad() {
		EchoStub client = new EchoStub() {

			@Override
			public byte[] echo(byte[] payload) {
				return new byte[payload.length];
			}

		};
		assertThatIllegalStateException()
			.isThrownBy(() -> CallersLoad.run(Load.ofCallers(64, 2).lasting(SHORT, SHORT), client))
			.withMessageContaining("Other bytes");
	}

	@Test
	void allCallsInFlightAreMade() throws InterruptedException {
		EchoStub client = new EchoStub();
		LoadResult result = InFlightLoad.run(Load.ofCallers(64, 1).inFlight(16).lasting(SHORT, SHORT), client);
		client.close();
		assertThat(client.mostInFlight.get()).isEqualTo(16);
		assertThat(result.calls()).isPositive().isLessThan(result.totalCalls());
		assertThat(result.totalCalls()).isEqualTo(client.calls.get());
	}

	@Test
	void failureEndsCallsInFlight() {
		EchoStub client = new EchoStub() {

			@Override
			public CompletableFuture<byte[]> echoAsync(byte[] payload) {
				return CompletableFuture.failedFuture(new IllegalArgumentException("no"));
			}

		};
		assertThatIllegalStateException()
			.isThrownBy(() -> InFlightLoad.run(Load.ofCallers(64, 1).inFlight(16).lasting(SHORT, SHORT), client))
			.withMessageContaining("no");
	}

	private static class EchoStub implements EchoClient {

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicInteger slowCalls = new AtomicInteger();

		private final AtomicInteger inFlight = new AtomicInteger();

		private final AtomicInteger mostInFlight = new AtomicInteger();

		private final ExecutorService executor = Executors.newFixedThreadPool(2);

		@Override
		public byte[] echo(byte[] payload) {
			this.calls.incrementAndGet();
			return payload.clone();
		}

		@Override
		public byte[] echoSlowly(byte[] payload) {
			this.slowCalls.incrementAndGet();
			return echo(payload);
		}

		@Override
		public CompletableFuture<byte[]> echoAsync(byte[] payload) {
			int now = this.inFlight.incrementAndGet();
			this.mostInFlight.accumulateAndGet(now, Math::max);
			return CompletableFuture.supplyAsync(() -> {
				this.inFlight.decrementAndGet();
				return echo(payload);
			}, this.executor);
		}

		@Override
		public void close() {
			this.executor.shutdownNow();
		}

	}

}
