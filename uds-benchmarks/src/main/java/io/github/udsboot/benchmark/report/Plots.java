package io.github.udsboot.benchmark.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.load.LoadResult;
import io.github.udsboot.benchmark.report.Bars.Bar;
import io.github.udsboot.benchmark.report.Plot.Tick;
import io.github.udsboot.benchmark.report.Series.Point;

/**
 * The plots of a run.
 */
final class Plots {

	private static final String RATE = "calls a second";

	private final Results results;

	Plots(Results results) {
		this.results = results;
	}

	/**
	 * Draw all plots that there are results for.
	 * @return the plots as SVG, by the names of their files
	 */
	Map<String, String> draw() {
		Map<String, String> plots = new LinkedHashMap<>();
		headline(plots);
		latencies(plots, "latency-sequential.svg", MeasureNames.SEQUENTIAL, "Latency of a call, 64 B, one caller");
		latencies(plots, "latency-32-callers.svg", MeasureNames.callers(32), "Latency of a call, 64 B, 32 callers");
		rates(plots, "throughput-callers.svg", "Throughput over callers, 64 B", "callers",
				withOne(MeasureNames.CALLERS, 1), MeasureNames::callers, String::valueOf);
		rates(plots, "throughput-payload.svg", "Throughput over payload, one caller", "payload",
				withOne(MeasureNames.PAYLOADS, 64), MeasureNames::payload, Units::bytes);
		rates(plots, "throughput-connections.svg", "Throughput over connections, 64 B, 64 calls under way",
				"connections", MeasureNames.CONNECTIONS, MeasureNames::connections, String::valueOf);
		return plots;
	}

	/** Linear, as the length of a bar says nothing else. */
	private void headline(Map<String, String> plots) {
		List<Bar> bars = new ArrayList<>();
		for (Contender contender : Contenders.all()) {
			this.results.rate(contender.name(), MeasureNames.SEQUENTIAL)
				.ifPresent(
						(rate) -> bars.add(new Bar(contender.title(), rate, contender.name().equals(Contenders.UDS))));
		}
		bars.sort(Comparator.comparingDouble(Bar::value).reversed());
		Environment environment = this.results.environment();
		if (!bars.isEmpty()) {
			plots
				.put("headline.svg",
						new Bars(
								"Calls a second: one caller, 64 B there and back", "One run on one host: "
										+ environment.host() + ", " + environment.jdk() + ", " + environment.date(),
								bars)
							.svg());
		}
	}

	private static List<Integer> withOne(List<Integer> values, int first) {
		List<Integer> all = new ArrayList<>(List.of(first));
		all.addAll(values);
		return all;
	}

	private void latencies(Map<String, String> plots, String file, String measure, String title) {
		List<Series> series = series((contender, lines) -> {
			for (double percentile : LoadResult.PERCENTILES) {
				OptionalDouble micros = this.results.micros(contender, measure, percentile);
				micros.ifPresent((value) -> lines.add(new Point(nines(percentile), Math.max(value, 0.1))));
			}
			return lines;
		});
		List<Tick> ticks = IntStream.range(0, LoadResult.PERCENTILES.size())
			.mapToObj((index) -> new Tick(nines(LoadResult.PERCENTILES.get(index)),
					label(LoadResult.PERCENTILES.get(index))))
			.toList();
		draw(plots, file, new Plot(title, "percentile", "µs", ticks, series), series);
	}

	/** How many calls there are for each slower one; the maximum stands last. */
	private static double nines(double percentile) {
		return (percentile == 100) ? 50_000 : 100 / (100 - percentile);
	}

	private static String label(double percentile) {
		return (percentile == 100) ? "max" : Units.shortNumber(percentile) + " %";
	}

	private void rates(Map<String, String> plots, String file, String title, String xTitle, List<Integer> values,
			IntFunction<String> measure, IntFunction<String> label) {
		List<Series> series = series((contender, points) -> {
			for (int value : values) {
				OptionalDouble rate = this.results.rate(contender, measure.apply(value));
				rate.ifPresent((calls) -> points.add(new Point(value, Math.max(calls, 1))));
			}
			return points;
		});
		List<Tick> ticks = values.stream().map((value) -> new Tick(value, label.apply(value))).toList();
		draw(plots, file, new Plot(title, xTitle, RATE, ticks, series), series);
	}

	/** A contender has the same colour in all plots. One point is no line. */
	private static List<Series> series(BiFunction<String, List<Point>, List<Point>> points) {
		List<Series> series = new ArrayList<>();
		List<Contender> contenders = Contenders.all();
		for (int i = 0; i < contenders.size(); i++) {
			List<Point> all = points.apply(contenders.get(i).name(), new ArrayList<>());
			if (all.size() > 1) {
				series.add(new Series(i, contenders.get(i).title(), all));
			}
		}
		return series;
	}

	private static void draw(Map<String, String> plots, String file, Plot plot, List<Series> series) {
		if (!series.isEmpty()) {
			plots.put(file, plot.svg());
		}
	}

}
