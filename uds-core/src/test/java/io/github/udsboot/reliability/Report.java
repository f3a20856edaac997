package io.github.udsboot.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run has shown, in Markdown: printed, and written to the build's folder after
 * each row, so that a run that is cut short has its table too.
 */
final class Report {

	private final Path file;

	private final StringBuilder text = new StringBuilder();

	/**
	 * Begin a report.
	 * @param name the name of its file, without the suffix
	 * @param command what was run
	 */
	Report(String name, String command) {
		this.file = Path.of("target", name + ".md");
		paragraph("`" + command + "`, commit " + commit() + ", " + LocalDate.now() + ", Java "
				+ System.getProperty("java.version") + ", " + Runtime.getRuntime().availableProcessors()
				+ " processors:");
	}

	void paragraph(String line) {
		add(line + "\n\n");
	}

	/**
	 * Begin a table.
	 * @param columns their names; the numbers among them end with a colon
	 */
	void table(String... columns) {
		row(Stream.of(columns).map((column) -> column.replaceAll(":$", "")).toArray());
		add(Stream.of(columns)
			.map((column) -> column.endsWith(":") ? "---:" : "---")
			.collect(Collectors.joining("|", "|", "|\n")));
	}

	void row(Object... cells) {
		add(Stream.of(cells).map(Report::cell).collect(Collectors.joining(" | ", "| ", " |\n")));
	}

	void end() {
		add("\n");
	}

	private static String cell(Object cell) {
		if (cell instanceof Long || cell instanceof Integer) {
			return String.format(Locale.ROOT, "%,d", ((Number) cell).longValue());
		}
		return (cell instanceof Duration duration) ? time(duration) : String.valueOf(cell);
	}

	static String time(Duration duration) {
		long micros = duration.toNanos() / 1000;
		if (micros < 10_000) {
			return micros + " µs";
		}
		long millis = duration.toMillis();
		return (millis < 10_000) ? millis + " ms" : duration.toSeconds() + " s";
	}

	private synchronized void add(String more) {
		print(more);
		this.text.append(more);
		try {
			Files.createDirectories(this.file.getParent());
			Files.writeString(this.file, this.text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SuppressWarnings("SystemOut") // the output of a program
	static void print(String text) {
		System.out.print(text);
		System.out.flush();
	}

	private static String commit() {
		try {
			String commit = git("rev-parse", "--short", "HEAD");
			return git("status", "--porcelain", "--", "src/main").isEmpty() ? commit : commit + " with changes";
		}
		catch (IOException ex) {
			return "unknown";
		}
	}

	private static String git(String... command) throws IOException {
		Process git = new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(command)).toList()).start();
		String output = new String(git.getInputStream().readAllBytes()).strip();
		try {
			if (!git.waitFor(10, TimeUnit.SECONDS) || git.exitValue() != 0) {
				throw new IOException("git fails");
			}
			return output;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
