package io.github.udsboot.benchmark.report;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A figure of a goal: where it stands in the results, and how it is printed.
 *
 * @param label what it is the figure of
 * @param unit its unit
 * @param source finds it
 */
record Figure(String label, String unit, Function<Results, OptionalDouble> source) {

	static Figure rate(String label, String contender, String measure) {
		return new Figure(label, "/s", (results) -> results.rate(contender, measure));
	}

	static Figure latency(String label, String contender, String measure, double percentile) {
		return new Figure(label, " µs", (results) -> results.micros(contender, measure, percentile));
	}

	static Figure value(String label, String unit, String contender, String measure) {
		return new Figure(label, unit, (results) -> results.value(contender, measure));
	}

	static Figure constant(String unit, double value) {
		return new Figure("", unit, (results) -> OptionalDouble.of(value));
	}

	OptionalDouble of(Results results) {
		return this.source.apply(results);
	}

	String print(double value) {
		String number = (value == Math.rint(value) || value >= 1000)
				? String.format(Locale.ROOT, "%,d", Math.round(value))
				: String.format(Locale.ROOT, (value < 1) ? "%.3f" : "%.1f", value);
		return (this.label.isEmpty() ? "" : this.label + " ") + number + this.unit;
	}

}
