package io.github.udsboot.benchmark.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of a load.
 *
 * @param calls how many calls were counted, or items of a stream
 * @param totalCalls how many calls were made, those of the warm-up included
 * @param seconds for how long calls were counted
 * @param micros the latencies at {@link #PERCENTILES}, in microseconds, empty for a
 * stream
 * @param allocatedBytes what the client allocated while it counted, -1 if unknown
 * @param cpuMicros the time on a processor that client and server took for each call, in
 * microseconds, 0 if unknown
 */
public record LoadResult(long calls, long totalCalls, double seconds, List<Double> micros, long allocatedBytes,
		double cpuMicros) {

	/** The percentiles, the last of which is the maximum. */
	public static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0);

	/** Begins the line of a result. */
	public static final String RESULT = "result ";

	/** The line that says that the warm-up is over. */
	public static final String COUNTING = "counting";

	public LoadResult {
		micros = List.copyOf(micros);
	}

	/**
	 * Summarize a histogram.
	 * @param latencies the latencies of the calls that count
	 * @param totalCalls how many calls were made, those of the warm-up included
	 * @param seconds for how long calls were counted
	 * @param allocatedBytes what the client allocated in that time, -1 if unknown
	 * @return the result
	 */
	public static LoadResult of(LatencyHistogram latencies, long totalCalls, double seconds, long allocatedBytes) {
		List<Double> micros = new ArrayList<>();
		for (double percentile : PERCENTILES) {
			micros.add(((percentile < 100) ? latencies.percentile(percentile) : latencies.max()) / 1000.0);
		}
		return new LoadResult(latencies.total(), totalCalls, seconds, micros, allocatedBytes, 0);
	}

	/**
	 * Return what came of a stream.
	 * @param items how many items were counted
	 * @param totalItems how many items there were, those of the warm-up included
	 * @param seconds for how long items were counted
	 * @return the result, without latencies
	 */
	public static LoadResult ofItems(long items, long totalItems, double seconds) {
		return new LoadResult(items, totalItems, seconds, List.of(), -1, 0);
	}

	/**
	 * Return this result with what others saw of the processes while calls were counted.
	 * @param cores how many processors client and server took together
	 * @return the result
	 */
	public LoadResult withCores(double cores) {
		double cpu = (this.calls > 0) ? cores / rate() * 1e6 : 0;
		return new LoadResult(this.calls, this.totalCalls, this.seconds, this.micros, this.allocatedBytes, cpu);
	}

	/**
	 * Return how many calls were made each second.
	 * @return the rate
	 */
	public double rate() {
		return this.calls / this.seconds;
	}

	/**
	 * Read what {@link #toString()} wrote, or the programs in other languages.
	 * @param line the line
	 * @return the result
	 */
	public static LoadResult parse(String line) {
		Words words = new Words(line);
		List<Double> micros = words.has(key(PERCENTILES.get(0)))
				? PERCENTILES.stream().map((percentile) -> words.decimal(key(percentile))).toList() : List.of();
		long calls = words.number("calls", 0);
		return new LoadResult(calls, words.number("total", calls), words.decimal("seconds"), micros,
				words.number("allocated", -1), 0);
	}

	private static String key(double percentile) {
		if (percentile == 100) {
			return "max";
		}
		String digits = (percentile == Math.rint(percentile)) ? String.valueOf((long) percentile)
				: String.valueOf(percentile).replace(".", "");
		return "p" + digits;
	}

	/**
	 * Return the names of the percentiles.
	 * @return the names, such as {@code p50} and {@code max}
	 */
	public static List<String> percentileNames() {
		return PERCENTILES.stream().map(LoadResult::key).toList();
	}

	@Override
	public String toString() {
		StringBuilder line = new StringBuilder(RESULT);
		line.append(String.format(Locale.ROOT, "calls=%d total=%d seconds=%.6f allocated=%d", this.calls,
				this.totalCalls, this.seconds, this.allocatedBytes));
		for (int i = 0; i < this.micros.size(); i++) {
			line.append(String.format(Locale.ROOT, " %s=%.3f", key(PERCENTILES.get(i)), this.micros.get(i)));
		}
		return line.toString();
	}

}
