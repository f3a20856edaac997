package io.github.udsboot.benchmark.micro;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import io.github.udsboot.Status;
import io.github.udsboot.metrics.MicrometerCallRecorder;
import io.github.udsboot.observation.CallRecorder;

/**
 * Records a call with Micrometer's timer.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MetricsBenchmark {

	private final CallRecorder recorder = MicrometerCallRecorder.forListener(new SimpleMeterRegistry(), "default");

	/**
	 * Record a call.
	 */
	@Benchmark
	public void record() {
		this.recorder.record("benchmark.echo", Status.OK, 12_345);
	}

	/**
	 * Record a call as both sides do, the clock included.
	 */
	@Benchmark
	public void recordWithClock() {
		long begin = System.nanoTime();
		this.recorder.record("benchmark.echo", Status.OK, System.nanoTime() - begin);
	}

}
