package io.github.udsboot.benchmark.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Callers that wait for each answer before they call again, each on a thread of its own.
 */
public final class CallersLoad {

	private final Load load;

	private final EchoClient client;

	private final LongSupplier clock;

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	private CallersLoad(Load load, EchoClient client, LongSupplier clock) {
		this.load = load;
		this.client = client;
		this.clock = clock;
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
		return new CallersLoad(load, client, clock).run();
	}

	private LoadResult run() throws InterruptedException {
		LoadTimes times = LoadTimes.starting(this.clock.getAsLong(), this.load);
		List<Caller> callers = new ArrayList<>();
		CountDownLatch done = new CountDownLatch(this.load.callers());
		for (int i = 0; i < this.load.callers(); i++) {
			Caller caller = new Caller(i, times);
			callers.add(caller);
			CallerThreads.start("caller-" + i, this.load.virtual(), () -> {
				try {
					caller.call();
				}
				catch (RuntimeException | Error ex) {
					this.failure.compareAndSet(null, ex);
				}
				finally {
					done.countDown();
				}
			});
		}
		done.await();
		Throwable failure = this.failure.get();
		if (failure != null) {
			throw new IllegalStateException("A call failed: " + failure, failure);
		}
		LatencyHistogram latencies = new LatencyHistogram();
		callers.forEach((caller) -> latencies.add(caller.latencies));
		long totalCalls = callers.stream().mapToLong((caller) -> caller.calls).sum();
		return LoadResult.of(latencies, totalCalls, times.seconds(), callers.get(0).allocated);
	}

	private final class Caller {

		private final LatencyHistogram latencies = new LatencyHistogram();

		private final Payload payload;

		private final int index;

		private final LoadTimes times;

		private long calls;

		private long allocated = -1;

		private Caller(int index, LoadTimes times) {
			this.index = index;
			this.times = times;
			this.payload = Payload.ofSize(CallersLoad.this.load.payload());
		}

		private void call() {
			boolean counting = false;
			long allocatedBefore = 0;
			long begin = CallersLoad.this.clock.getAsLong();
			while (!this.times.isOver(begin) && CallersLoad.this.failure.get() == null) {
				boolean slow = isSlow();
				byte[] answer = slow ? CallersLoad.this.client.echoSlowly(this.payload.bytes())
						: CallersLoad.this.client.echo(this.payload.bytes());
				long end = CallersLoad.this.clock.getAsLong();
				this.calls++;
				if (this.times.covers(begin, end)) {
					this.payload.checkLength(answer);
					if (!slow) {
						this.latencies.record(end - begin);
					}
				}
				else {
					this.payload.check(answer);
				}
				if (!counting && this.times.hasBegun(end)) {
					counting = true;
					allocatedBefore = countAllocation();
				}
				begin = end;
			}
			this.allocated = countAllocation() - allocatedBefore;
		}

		/** Spread over the callers, so that slow calls do not come all at once. */
		private boolean isSlow() {
			int offset = this.index * Load.SLOW_EVERY / CallersLoad.this.load.callers();
			return CallersLoad.this.load.slow() && (this.calls + offset) % Load.SLOW_EVERY == 0;
		}

		/** Not by every caller: it looks at all threads. */
		private long countAllocation() {
			return (this.index == 0) ? AllocationCounter.allocatedBytes() : 0;
		}

	}

}
