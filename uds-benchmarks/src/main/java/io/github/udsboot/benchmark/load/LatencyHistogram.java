package io.github.udsboot.benchmark.load;

/**
 * Counts durations in buckets that are exact below 128 ns and a 64th of the duration wide
 * above, so that every figure is right within one percent. The programs in C and Go count
 * in the same buckets. Not thread-safe: one per caller, merged in the end.
 */
public final class LatencyHistogram {

	private static final int BUCKETS_PER_DOUBLING = 64;

	private static final int LOG2_BUCKETS = 6;

	private final long[] counts = new long[(Long.SIZE - LOG2_BUCKETS) * BUCKETS_PER_DOUBLING + BUCKETS_PER_DOUBLING];

	private long total;

	private long max;

	/**
	 * Count a duration.
	 * @param nanos the duration in nanoseconds; less than zero counts as zero
	 */
	public void record(long nanos) {
		long value = Math.max(0, nanos);
		this.counts[bucketOf(value)]++;
		this.total++;
		this.max = Math.max(this.max, value);
	}

	/**
	 * Add what another histogram has counted.
	 * @param other the other one, which stays as it is
	 */
	public void add(LatencyHistogram other) {
		for (int i = 0; i < this.counts.length; i++) {
			this.counts[i] += other.counts[i];
		}
		this.total += other.total;
		this.max = Math.max(this.max, other.max);
	}

	/**
	 * Return how many durations were counted.
	 * @return the number
	 */
	public long total() {
		return this.total;
	}

	/**
	 * Return the longest duration, exactly.
	 * @return the duration in nanoseconds, 0 when there is none
	 */
	public long max() {
		return this.max;
	}

	/**
	 * Return the duration that a part of all durations does not exceed.
	 * @param percentile the part in percent, above 0 and at most 100
	 * @return the duration in nanoseconds, 0 when there is none
	 */
	public long percentile(double percentile) {
		long wanted = Math.max(1, (long) Math.ceil(this.total * percentile / 100));
		long seen = 0;
		for (int i = 0; i < this.counts.length; i++) {
			seen += this.counts[i];
			if (seen >= wanted) {
				return Math.min(middleOf(i), this.max);
			}
		}
		return this.max;
	}

	static int bucketOf(long value) {
		int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(value | 1) - LOG2_BUCKETS);
		return shift * BUCKETS_PER_DOUBLING + (int) (value >>> shift);
	}

	static long middleOf(int bucket) {
		int shift = Math.max(0, bucket / BUCKETS_PER_DOUBLING - 1);
		long low = (long) (bucket - shift * BUCKETS_PER_DOUBLING) << shift;
		return low + ((1L << shift) - 1) / 2;
	}

}
