package io.github.udsboot.benchmark.load;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A number of calls in flight: whenever one is answered, the thread that is told of it
 * makes the next.
 */
public final class InFlightLoad {

	private final EchoClient client;

	private final LongSupplier clock;

	private final Payload payload;

	private final int inFlight;

	private final LoadTimes times;

	private final CountDownLatch lanes;

	private final LongAdder calls = new LongAdder();

	private final Queue<LatencyHistogram> histograms = new ConcurrentLinkedQueue<>();

	private final ThreadLocal<LatencyHistogram> latencies = ThreadLocal.withInitial(this::newHistogram);

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	private InFlightLoad(Load load, EchoClient client, LongSupplier clock) {
		this.client = client;
		this.clock = clock;
		this.payload = Payload.ofSize(load.payload());
		this.inFlight = load.underWay();
		this.times = LoadTimes.starting(clock.getAsLong(), load);
		this.lanes = new CountDownLatch(this.inFlight);
	}

	/**
	 * Put the load on a client's server.
	 * @param load the load
	 * @param client the client
	 * @return what came of it
	 * @throws InterruptedException if interrupted while the load runs
	 */
	public static LoadResult run(Load load, EchoClient client) throws InterruptedException {
		return run(load, client, System::nanoTime);
	}

	static LoadResult run(Load load, EchoClient client, LongSupplier clock) throws InterruptedException {
		return new InFlightLoad(load, client, clock).run();
	}

	private LoadResult run() throws InterruptedException {
		for (int i = 0; i < this.inFlight; i++) {
			call();
		}
		this.lanes.await();
		Throwable failure = this.failure.get();
		if (failure != null) {
			throw new IllegalStateException("A call failed: " + failure, failure);
		}
		LatencyHistogram sum = new LatencyHistogram();
		this.histograms.forEach(sum::add);
		return LoadResult.of(sum, this.calls.sum(), this.times.seconds(), -1);
	}

	/** A loop where the answer is there at once, so that the stack does not grow. */
	private void call() {
		while (this.failure.get() == null) {
			long begin = this.clock.getAsLong();
			if (this.times.isOver(begin)) {
				break;
			}
			CompletableFuture<byte[]> answer = this.client.echoAsync(this.payload.bytes());
			if (!answer.isDone()) {
				answer.whenComplete((bytes, failure) -> {
					completed(begin, bytes, failure);
					call();
				});
				return;
			}
			answer.whenComplete((bytes, failure) -> completed(begin, bytes, failure));
		}
		this.lanes.countDown();
	}

	private void completed(long begin, byte @Nullable [] answer, @Nullable Throwable failure) {
		if (answer == null) {
			this.failure.compareAndSet(null,
					(failure != null) ? failure : new IllegalStateException("There was no answer"));
			return;
		}
		this.calls.increment();
		if (answer.length != this.payload.bytes().length) {
			this.failure.compareAndSet(null, new IllegalStateException("An answer has the wrong length"));
		}
		long end = this.clock.getAsLong();
		if (this.times.covers(begin, end)) {
			this.latencies.get().record(end - begin);
		}
	}

	private LatencyHistogram newHistogram() {
		LatencyHistogram histogram = new LatencyHistogram();
		this.histograms.add(histogram);
		return histogram;
	}

}
