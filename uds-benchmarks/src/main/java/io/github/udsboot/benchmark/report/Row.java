package io.github.udsboot.benchmark.report;

import java.util.List;

import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.load.LoadResult;

/**
 * What was measured of one contender, by one measure, in one round.
 *
 * @param round the round, from 1
 * @param contender the contender's name
 * @param measure the measure's name
 * @param payload the size of the payload in bytes
 * @param underWay how many calls are under way at once, or connections are open
 * @param calls how many calls were counted
 * @param rate calls a second, 0 for what is no load
 * @param micros the latencies at {@link LoadResult#PERCENTILES}, empty for what is no
 * load
 * @param cpuMicros the time on a processor that client and server took for each call, in
 * microseconds, 0 if unknown
 * @param value the figure of what is no load
 * @param unit the unit of that figure
 */
public record Row(int round, String contender, String measure, int payload, int underWay, long calls, double rate,
		List<Double> micros, double cpuMicros, double value, String unit) {

	public Row {
		micros = List.copyOf(micros);
	}

	/**
	 * Return the row of a load.
	 * @param round the round, from 1
	 * @param contender the contender's name
	 * @param measure the measure's name
	 * @param load the load
	 * @param result what came of it
	 * @return the row
	 */
	public static Row of(int round, String contender, String measure, Load load, LoadResult result) {
		return new Row(round, contender, measure, load.payload(), load.underWay(), result.calls(), result.rate(),
				result.micros(), result.cpuMicros(), 0, "");
	}

	/**
	 * Return the row of a single figure.
	 * @param round the round, from 1
	 * @param contender the contender's name
	 * @param measure the measure's name
	 * @param value the figure
	 * @param unit its unit
	 * @return the row
	 */
	public static Row of(int round, String contender, String measure, double value, String unit) {
		return new Row(round, contender, measure, 0, 0, 0, 0, List.of(), 0, value, unit);
	}

	/**
	 * Return this row for a number of connections.
	 * @param connections the number
	 * @return the row
	 */
	public Row with(int connections) {
		return new Row(this.round, this.contender, this.measure, this.payload, connections, this.calls, this.rate,
				this.micros, this.cpuMicros, this.value, this.unit);
	}

}
