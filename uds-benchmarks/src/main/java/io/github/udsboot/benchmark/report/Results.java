package io.github.udsboot.benchmark.report;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

import io.github.udsboot.benchmark.load.LoadResult;

/**
 * The results of a run. All figures are medians over the rounds.
 *
 * @param environment where the run took place
 * @param rows what was measured
 */
public record Results(Environment environment, List<Row> rows) {

	public Results {
		rows = List.copyOf(rows);
	}

	/**
	 * Return a rate.
	 * @param contender the contender's name
	 * @param measure the measure's name
	 * @return calls a second, empty if not measured
	 */
	public OptionalDouble rate(String contender, String measure) {
		return median(contender, measure, Row::rate);
	}

	/**
	 * Return a latency.
	 * @param contender the contender's name
	 * @param measure the measure's name
	 * @param percentile one of {@link LoadResult#PERCENTILES}
	 * @return the latency in microseconds, empty if not measured
	 */
	public OptionalDouble micros(String contender, String measure, double percentile) {
		int index = LoadResult.PERCENTILES.indexOf(percentile);
		return median(contender, measure, (row) -> row.micros().get(index));
	}

	/**
	 * Return the time on a processor that client and server took for each call.
	 * @param contender the contender's name
	 * @param measure the measure's name
	 * @return the time in microseconds, empty if not measured
	 */
	public OptionalDouble cpuMicros(String contender, String measure) {
		OptionalDouble micros = median(contender, measure, Row::cpuMicros);
		return (micros.orElse(0) > 0) ? micros : OptionalDouble.empty();
	}

	/**
	 * Return a single figure.
	 * @param contender the contender's name
	 * @param measure the measure's name
	 * @return the figure, empty if not measured
	 */
	public OptionalDouble value(String contender, String measure) {
		return median(contender, measure, Row::value);
	}

	/**
	 * Return how many calls were under way, or connections open.
	 * @param contender the contender's name
	 * @param measure the measure's name
	 * @return the number, empty if not measured
	 */
	public OptionalDouble underWay(String contender, String measure) {
		return median(contender, measure, Row::underWay);
	}

	private OptionalDouble median(String contender, String measure, ToDoubleFunction<Row> figure) {
		double[] figures = this.rows.stream()
			.filter((row) -> row.contender().equals(contender) && row.measure().equals(measure))
			.mapToDouble(figure)
			.sorted()
			.toArray();
		if (figures.length == 0) {
			return OptionalDouble.empty();
		}
		int middle = figures.length / 2;
		return OptionalDouble
			.of((figures.length % 2 == 1) ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2);
	}

	/**
	 * Return in how many rounds a contender was measured.
	 * @param contender the contender's name
	 * @param measure the measure's name
	 * @return the number
	 */
	public long rounds(String contender, String measure) {
		return this.rows.stream()
			.filter((row) -> row.contender().equals(contender) && row.measure().equals(measure))
			.count();
	}

	/**
	 * Return how many rounds there were.
	 * @return the number
	 */
	public int rounds() {
		return this.rows.stream().mapToInt(Row::round).max().orElse(0);
	}

}
