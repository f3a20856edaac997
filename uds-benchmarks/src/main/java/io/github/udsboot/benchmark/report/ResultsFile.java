package io.github.udsboot.benchmark.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.udsboot.benchmark.load.LoadResult;

/**
 * The CSV file of a run: one line for each contender, measure and round. It is written
 * line by line, so that a run that is broken off leaves what it has.
 */
public final class ResultsFile {

	private static final List<String> ENVIRONMENT = List.of("date", "commit", "host", "kernel", "jdk");

	private static final List<String> BEFORE = List.of("round", "contender", "measure", "payload_bytes", "under_way",
			"calls", "calls_per_second");

	private static final List<String> AFTER = List.of("cpu_us_per_call", "value", "unit");

	private final Path file;

	private final Environment environment;

	/**
	 * Create a file, or empty one.
	 * @param file the path
	 * @param environment where the run takes place
	 */
	public ResultsFile(Path file, Environment environment) {
		this.file = file;
		this.environment = environment;
		write(Csv.line(header()), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
				StandardOpenOption.WRITE);
	}

	private static List<String> header() {
		List<String> header = new ArrayList<>(ENVIRONMENT);
		header.addAll(BEFORE);
		LoadResult.percentileNames().forEach((name) -> header.add(name + "_us"));
		header.addAll(AFTER);
		return header;
	}

	/**
	 * Add a line.
	 * @param row what was measured
	 */
	public void add(Row row) {
		List<String> values = new ArrayList<>(this.environment.values());
		values
			.addAll(List.of(String.valueOf(row.round()), row.contender(), row.measure(), String.valueOf(row.payload()),
					String.valueOf(row.underWay()), String.valueOf(row.calls()), number(row.rate())));
		for (int i = 0; i < LoadResult.PERCENTILES.size(); i++) {
			values.add(row.micros().isEmpty() ? "" : number(row.micros().get(i)));
		}
		values.add((row.cpuMicros() > 0) ? number(row.cpuMicros()) : "");
		values.add(row.unit().isEmpty() ? "" : number(row.value()));
		values.add(row.unit());
		write(Csv.line(values), StandardOpenOption.APPEND);
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, "%.3f", value);
	}

	private void write(String line, StandardOpenOption... options) {
		try {
			Files.writeString(this.file, line + "\n", options);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The results cannot be written", ex);
		}
	}

	/**
	 * Read a file.
	 * @param file the path
	 * @return the results
	 * @throws IOException if the file cannot be read
	 */
	public static Results read(Path file) throws IOException {
		List<String> lines = Files.readAllLines(file);
		if (lines.isEmpty() || !Csv.values(lines.get(0)).equals(header())) {
			throw new IOException("'" + file + "' is no file of results: its first line is another");
		}
		if (lines.size() == 1) {
			throw new IOException("'" + file + "' holds no result");
		}
		List<Row> rows = lines.stream().skip(1).map(Csv::values).map(ResultsFile::row).toList();
		return new Results(Environment.of(Csv.values(lines.get(1))), rows);
	}

	private static Row row(List<String> values) {
		List<String> own = values.subList(ENVIRONMENT.size(), values.size());
		int firstMicros = BEFORE.size();
		int afterMicros = firstMicros + LoadResult.PERCENTILES.size();
		List<Double> micros = own.subList(firstMicros, afterMicros)
			.stream()
			.filter((text) -> !text.isEmpty())
			.map(Double::valueOf)
			.toList();
		return new Row(Integer.parseInt(own.get(0)), own.get(1), own.get(2), Integer.parseInt(own.get(3)),
				Integer.parseInt(own.get(4)), Long.parseLong(own.get(5)), Double.parseDouble(own.get(6)), micros,
				figure(own.get(afterMicros)), figure(own.get(afterMicros + 1)), own.get(afterMicros + 2));
	}

	private static double figure(String text) {
		return text.isEmpty() ? 0 : Double.parseDouble(text);
	}

}
