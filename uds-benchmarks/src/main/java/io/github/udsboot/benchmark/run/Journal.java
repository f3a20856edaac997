package io.github.udsboot.benchmark.run;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.github.udsboot.benchmark.report.ResultsFile;
import io.github.udsboot.benchmark.report.Row;

/**
 * Writes down what happens: results to the file and the screen, the rest for the report.
 */
final class Journal {

	private final ResultsFile file;

	private final PrintStream screen;

	private final Set<String> notes = new LinkedHashSet<>();

	Journal(ResultsFile file, PrintStream screen) {
		this.file = file;
		this.screen = screen;
	}

	void add(Row row) {
		this.file.add(row);
		this.screen.printf(Locale.ROOT, "%d  %-24s %-13s %s%n", row.round(), row.measure(), row.contender(),
				figure(row));
	}

	private static String figure(Row row) {
		if (!row.unit().isEmpty()) {
			return String.format(Locale.ROOT, "%,12.2f %s", row.value(), row.unit());
		}
		return row.micros().isEmpty()
				? String.format(Locale.ROOT, "%,12.0f/s  CPU %7.2f µs", row.rate(), row.cpuMicros())
				: String.format(Locale.ROOT, "%,12.0f/s  p50 %9.1f  p99 %9.1f  CPU %7.1f µs", row.rate(),
						row.micros().get(0), row.micros().get(4), row.cpuMicros());
	}

	void note(String note) {
		if (this.notes.add(note)) {
			this.screen.println(note);
		}
	}

	void failed(int round, String contender, String measure, RuntimeException failure) {
		note(contender + " failed in " + measure + ", round " + round);
		this.screen.println("   " + failure);
	}

	List<String> notes() {
		return new ArrayList<>(this.notes);
	}

}
