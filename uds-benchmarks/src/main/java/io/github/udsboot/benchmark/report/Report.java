package io.github.udsboot.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.contender.Workspace;

/**
 * Writes the report of a run beside its CSV file.
 */
public final class Report {

	private static final double P50 = 50;

	private static final double P99 = 99;

	private static final double P999 = 99.9;

	private final Results results;

	private final StringBuilder text = new StringBuilder();

	private Report(Results results) {
		this.results = results;
	}

	/**
	 * Write the report, its plots and the check.
	 * @param results the results
	 * @param notes what the reader must know, such as who did not take part
	 * @param directory where to write to
	 * @throws IOException if a file cannot be written
	 */
	public static void write(Results results, List<String> notes, Path directory) throws IOException {
		Map<String, String> plots = new Plots(results).draw();
		for (Map.Entry<String, String> plot : plots.entrySet()) {
			Files.writeString(directory.resolve(plot.getKey()), plot.getValue());
		}
		Goals.Check check = Goals.check(results);
		Files.writeString(directory.resolve("check.txt"), String.join("\n", check.lines()) + "\n");
		Report report = new Report(results);
		report.head(notes);
		report.check(check);
		plots.keySet().forEach(report::plot);
		report.tables();
		report.contenders();
		Files.writeString(directory.resolve("README.md"), report.text.toString());
	}

	private void head(List<String> notes) {
		Environment environment = this.results.environment();
		line("# Benchmarks");
		line("");
		line("Made by `uds-benchmarks/run`. Every figure is the median of the rounds (" + this.results.rounds()
				+ "), in which the contenders alternate; client and server are processes of their own, "
				+ "and every process in Java lives through a round. Before each measure it is warmed up with the same load, "
				+ "for 4 s where there is a goal; measures that only plots are drawn from have less of both and one "
				+ "round, as the tables say. Absolute figures are of this machine, in one run; the ratios are what "
				+ "carries over. All figures: [results.csv](results.csv).");
		line("");
		line("*CPU µs per call* is what client and server together take of the processors, in user and kernel mode, "
				+ "for each call while calls are counted.");
		line("");
		line("| | |");
		line("|---|---|");
		line("| date | " + environment.date() + " |");
		line("| commit | " + environment.commit() + " |");
		line("| processors | " + environment.host() + " |");
		line("| kernel | " + environment.kernel() + " |");
		line("| JDK | " + environment.jdk() + " |");
		line("| JVM flags | `" + String.join(" ", Workspace.JVM_FLAGS) + "` |");
		line("");
		for (String note : notes) {
			line("- " + note);
		}
		if (!notes.isEmpty()) {
			line("");
		}
	}

	private void check(Goals.Check check) {
		line("## Goals");
		line("");
		line("```text");
		check.lines().forEach(this::line);
		line("```");
		line("");
	}

	private void plot(String file) {
		line("![" + file.replace(".svg", "").replace('-', ' ') + "](" + file + ")");
		line("");
	}

	private void tables() {
		line("## Figures");
		line("");
		List<String> measures = this.results.rows().stream().map(Row::measure).distinct().toList();
		for (String measure : measures) {
			boolean load = this.results.rows()
				.stream()
				.anyMatch((row) -> row.measure().equals(measure) && row.unit().isEmpty());
			if (load) {
				line("### " + measure);
				line("");
				line(MeasureNames.describe(measure) + ".");
				line("");
				if (MeasureNames.isStream(measure)) {
					stream(measure);
				}
				else {
					loads(measure);
				}
				line("");
			}
		}
		line("### Costs");
		line("");
		line("| measure | contender | figure |");
		line("|---|---|---|");
		this.results.rows()
			.stream()
			.filter((row) -> !row.unit().isEmpty())
			.map((row) -> List.of(row.measure(), row.contender(), row.unit()))
			.distinct()
			.forEach((cost) -> this.results.value(cost.get(1), cost.get(0))
				.ifPresent((value) -> line("| " + cost.get(0) + " | " + cost.get(1) + " | " + Units.figure(value) + " "
						+ cost.get(2) + " |")));
		line("");
	}

	private void loads(String measure) {
		line("| contender | calls/s | × C | p50 µs | p99 µs | p99.9 µs | CPU µs per call | rounds |");
		line("|---|--:|--:|--:|--:|--:|--:|--:|");
		OptionalDouble c = this.results.rate(Contenders.C, measure);
		for (Contender contender : Contenders.all()) {
			this.results.rate(contender.name(), measure)
				.ifPresent((rate) -> line("| " + contender.title() + " | " + Units.count(rate) + " | "
						+ (c.isPresent() ? Units.ratio(rate / c.getAsDouble()) : "") + " | "
						+ micros(contender, measure, P50) + " | " + micros(contender, measure, P99) + " | "
						+ micros(contender, measure, P999) + " | " + cpu(contender, measure) + " | "
						+ this.results.rounds(contender.name(), measure) + " |"));
		}
	}

	/** C has no streams, so the peer of the comparison takes its place. */
	private void stream(String measure) {
		line("| contender | items/s | × Boot gRPC | CPU µs per item | rounds |");
		line("|---|--:|--:|--:|--:|");
		OptionalDouble grpc = this.results.rate(Contenders.GRPC, measure);
		for (Contender contender : Contenders.all()) {
			this.results.rate(contender.name(), measure)
				.ifPresent((rate) -> line("| " + contender.title() + " | " + Units.count(rate) + " | "
						+ (grpc.isPresent() ? Units.ratio(rate / grpc.getAsDouble()) : "") + " | "
						+ cpuOfItem(contender, measure) + " | " + this.results.rounds(contender.name(), measure)
						+ " |"));
		}
	}

	private String micros(Contender contender, String measure, double percentile) {
		return Units.micros(this.results.micros(contender.name(), measure, percentile).orElse(0));
	}

	private String cpu(Contender contender, String measure) {
		OptionalDouble micros = this.results.cpuMicros(contender.name(), measure);
		return micros.isPresent() ? Units.micros(micros.getAsDouble()) : "";
	}

	/** A tenth of a microsecond is too coarse for it. */
	private String cpuOfItem(Contender contender, String measure) {
		OptionalDouble micros = this.results.cpuMicros(contender.name(), measure);
		return micros.isPresent() ? Units.figure(micros.getAsDouble()) : "";
	}

	private void contenders() {
		line("## Contenders");
		line("");
		for (Contender contender : Contenders.all()) {
			line("- **" + contender.title() + "** (`" + contender.name() + "`): " + contender.configuration() + ".");
		}
		line("- **" + Contenders.CROWD.title() + "** (`" + Contenders.CROWD.name() + "`): "
				+ Contenders.CROWD.configuration() + ".");
	}

	private void line(String line) {
		this.text.append(line).append('\n');
	}

}
