package io.github.udsboot.benchmark.load;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link LatencyHistogram}.
 */
class LatencyHistogramTests {

	@Test
	void emptyHistogramHasNoLatencies() {
		LatencyHistogram histogram = new LatencyHistogram();
		assertThat(histogram.total()).isZero();
		assertThat(histogram.max()).isZero();
		assertThat(histogram.percentile(99)).isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 63, 64, 127, 128, 129, 255, 256, 1_000, 99_999, 1_000_000_000L, Long.MAX_VALUE })
	void middleOfABucketIsWithinOnePercentOfWhatIsInIt(long value) {
		long middle = LatencyHistogram.middleOf(LatencyHistogram.bucketOf(value));
		assertThat((double) middle).isCloseTo(value, within(value / 100.0));
	}

	@Test
	void bucketsFollowEachOtherWithoutGaps() {
		int last = -1;
		for (long value = 0; value < 100_000; value++) {
			int bucket = LatencyHistogram.bucketOf(value);
			assertThat(bucket).isBetween(last, last + 1);
			last = bucket;
		}
	}

	@Test
	void percentilesAreThoseOfTheSortedValues() {
		long[] values = new Random(42).longs(10_000, 500, 5_000_000).toArray();
		LatencyHistogram histogram = new LatencyHistogram();
		Arrays.stream(values).forEach(histogram::record);
		Arrays.sort(values);
		for (double percentile : new double[] { 1, 50, 90, 99, 99.9 }) {
			long exact = values[(int) Math.ceil(values.length * percentile / 100) - 1];
			assertThat((double) histogram.percentile(percentile)).isCloseTo(exact, within(exact / 100.0));
		}
		assertThat(histogram.max()).isEqualTo(values[values.length - 1]);
		assertThat(histogram.percentile(100)).isLessThanOrEqualTo(histogram.max());
	}

	@Test
	void sumHasTheCallsOfBoth() {
		LatencyHistogram fast = new LatencyHistogram();
		LatencyHistogram slow = new LatencyHistogram();
		for (int i = 0; i < 99; i++) {
			fast.record(100);
		}
		slow.record(1_000_000);
		fast.add(slow);
		assertThat(fast.total()).isEqualTo(100);
		assertThat(fast.max()).isEqualTo(1_000_000);
		assertThat(fast.percentile(99)).isEqualTo(100);
		assertThat(fast.percentile(99.9)).isGreaterThan(990_000);
	}

	@Test
	void clockThatWentBackCountsAsZero() {
		LatencyHistogram histogram = new LatencyHistogram();
		histogram.record(-5);
		assertThat(histogram.percentile(50)).isZero();
	}

}
