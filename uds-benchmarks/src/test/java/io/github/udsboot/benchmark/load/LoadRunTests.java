package io.github.udsboot.benchmark.load;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CallersLoad} and {@link InFlightLoad}.
 */
class LoadRunTests {

	private static final Duration SHORT = Duration.ofMillis(500);

	/** A millisecond passes whenever somebody looks at it. */
	private final LongSupplier clock = advancingClock();

	@Test
	void callsOfTheWarmUpDoNotCount() throws InterruptedException {
		EchoStub client = new EchoStub();
		LoadResult result = CallersLoad.run(Load.ofCallers(64, 2).lasting(SHORT, SHORT), client, this.clock);
		assertThat(result.calls()).isPositive().isLessThan(result.totalCalls());
		assertThat(result.totalCalls()).isEqualTo(client.calls.get());
		assertThat(result.seconds()).isEqualTo(0.5);
		assertThat(result.allocatedBytes()).isNotNegative();
	}

	@Test
	void oneCallInAHundredIsSlow() throws InterruptedException {
		EchoStub client = new EchoStub();
		LoadResult result = CallersLoad.run(Load.ofCallers(64, 4).withSlowCalls().lasting(SHORT, SHORT), client,
				this.clock);
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
			.isThrownBy(() -> CallersLoad.run(Load.ofCallers(64, 2).lasting(SHORT, SHORT), client, this.clock))
			.withMessageContaining("Other bytes");
	}

	@Test
	void allCallsInFlightAreMade() throws InterruptedException {
		// Answers none before all are in flight, so it would hang if they were not
		Queue<CompletableFuture<byte[]>> unanswered = new ConcurrentLinkedQueue<>();
		EchoStub client = new EchoStub() {

			@Override
			public CompletableFuture<byte[]> echoAsync(byte[] payload) {
				CompletableFuture<byte[]> answer = new CompletableFuture<>();
				unanswered.add(answer);
				if (unanswered.size() >= 16) {
					CompletableFuture.runAsync(() -> unanswered.forEach((each) -> each.complete(echo(payload))));
				}
				return answer;
			}

		};
		LoadResult result = InFlightLoad.run(Load.ofCallers(64, 1).inFlight(16).lasting(SHORT, SHORT), client,
				this.clock);
		assertThat(result.calls()).isPositive().isLessThan(result.totalCalls());
		assertThat(result.totalCalls()).isEqualTo(unanswered.size());
	}

	@Test
	void failureEndsCallsInFlight() {
		EchoStub client = new EchoStub() {

			@Override
			public CompletableFuture<byte[]> echoAsync(byte[] payload) {
				return CompletableFuture.failedFuture(new IllegalArgumentException("no"));
			}

		};
		assertThatIllegalStateException().isThrownBy(
				() -> InFlightLoad.run(Load.ofCallers(64, 1).inFlight(16).lasting(SHORT, SHORT), client, this.clock))
			.withMessageContaining("no");
	}

	private static LongSupplier advancingClock() {
		AtomicLong millis = new AtomicLong();
		return () -> millis.getAndIncrement() * 1_000_000;
	}

	private static class EchoStub implements EchoClient {

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicInteger slowCalls = new AtomicInteger();

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
		public void close() {
			// There is nothing to close
		}

	}

}
