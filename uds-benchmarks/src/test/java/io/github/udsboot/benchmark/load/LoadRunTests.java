package io.github.udsboot.benchmark.load;

import java.time.Duration;
import java.util.List;
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
 * Tests for {@link CallersLoad}, {@link InFlightLoad} and {@link ItemsLoad}.
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

	@Test
	void itemsOfTheWarmUpDoNotCount() {
		for (Load.Kind kind : List.of(Load.Kind.SERVER_STREAM, Load.Kind.UPLOAD)) {
			LoadResult result = ItemsLoad.run(Load.ofItems(kind, 64).lasting(SHORT, SHORT), new EchoStub(), this.clock);
			// a look at the clock, a millisecond, at every 64th item
			assertThat(result.calls()).isEqualTo(500 * ItemCount.LOOK_EVERY);
			assertThat(result.totalCalls()).isBetween(999L * ItemCount.LOOK_EVERY, 1000L * ItemCount.LOOK_EVERY);
			assertThat(result.rate()).isEqualTo(1000 * ItemCount.LOOK_EVERY);
			assertThat(result.micros()).isEmpty();
		}
	}

	@Test
	void itemsThatAreLostOnTheWayAreNoticed() {
		EchoStub client = new EchoStub() {

			@Override
			public long sendItems(byte[] item, ItemCount count) {
				return super.sendItems(item, count) - 1;
			}

		};
		assertThatIllegalStateException()
			.isThrownBy(
					() -> ItemsLoad.run(Load.ofItems(Load.Kind.UPLOAD, 64).lasting(SHORT, SHORT), client, this.clock))
			.withMessageContaining("arrived at the server");
	}

	@Test
	void otherItemsAreNoticed() {
		EchoStub client = new EchoStub() {

			@Override
			public void takeItems(byte[] item, ItemCount count) {
				super.takeItems(new byte[item.length], count);
			}

		};
		assertThatIllegalStateException()
			.isThrownBy(() -> ItemsLoad.run(Load.ofItems(Load.Kind.SERVER_STREAM, 64).lasting(SHORT, SHORT), client,
					this.clock))
			.withMessageContaining("Other bytes");
	}

	@Test
	void streamThatEndsTooEarlyIsNoResult() {
		EchoStub client = new EchoStub() {

			@Override
			public void takeItems(byte[] item, ItemCount count) {
				count.taken(item);
			}

		};
		assertThatIllegalStateException()
			.isThrownBy(() -> ItemsLoad.run(Load.ofItems(Load.Kind.SERVER_STREAM, 64).lasting(SHORT, SHORT), client,
					this.clock))
			.withMessageContaining("too early");
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
		public void takeItems(byte[] item, ItemCount count) {
			boolean more = true;
			while (more) {
				more = count.taken(item.clone());
			}
		}

		@Override
		public long sendItems(byte[] item, ItemCount count) {
			long sent = 0;
			while (count.sends()) {
				sent++;
			}
			return sent;
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
