package io.github.udsboot.benchmark.load;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Load} and {@link LoadResult}.
 */
class LoadTests {

	@Test
	void loadIsReadAsItWasWritten() {
		Load load = Load.ofCallers(1024, 64)
			.inFlight(4)
			.over(3)
			.onVirtualThreads()
			.withSlowCalls()
			.lasting(Duration.ofMillis(100), Duration.ofSeconds(2));
		assertThat(Load.parse(load.toString())).isEqualTo(load);
		assertThat(load.underWay()).isEqualTo(256);
	}

	@Test
	void streamIsReadAsItWasWritten() {
		Load load = Load.ofItems(Load.Kind.UPLOAD, 64).lasting(Duration.ofMillis(100), Duration.ofSeconds(2));
		assertThat(Load.parse(load.toString())).isEqualTo(load);
		LoadResult result = LoadResult.ofItems(1000, 2000, 0.5);
		assertThat(LoadResult.parse(result.toString())).isEqualTo(result);
		assertThat(result.rate()).isEqualTo(2000);
	}

	@Test
	void callsAreWrittenInWordsThatTheProgramsKnow() {
		assertThat(Load.ofCallers(64, 1).toString()).doesNotContain("kind");
	}

	@Test
	void resultIsReadAsItWasWritten() {
		LatencyHistogram latencies = new LatencyHistogram();
		for (int i = 1; i <= 1000; i++) {
			latencies.record(i * 1000L);
		}
		LoadResult result = LoadResult.of(latencies, 2000, 0.5, 4096);
		LoadResult read = LoadResult.parse(result.toString());
		assertThat(read).isEqualTo(result);
		assertThat(read.rate()).isEqualTo(2000);
		// 1.5 s on a processor for 2000 calls each second
		assertThat(read.withCores(1.5).cpuMicros()).isEqualTo(750);
	}

	@Test
	void resultOfAProgramHasNoAllocation() {
		LoadResult read = LoadResult.parse("result calls=10 total=20 seconds=1.000000 p50=1.5 p75=2 p90=3 p95=4 p99=5"
				+ " p999=6 p9999=7 max=8.25");
		assertThat(read.allocatedBytes()).isEqualTo(-1);
		assertThat(read.totalCalls()).isEqualTo(20);
		assertThat(read.micros()).containsExactly(1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.25);
	}

	@Test
	void resultWithoutAPercentileIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> LoadResult.parse("result calls=10 seconds=1 p50=1.5"))
			.withMessageContaining("p75");
	}

}
