package io.github.udsboot.autoconfigure.observation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of {@code docs/observability.md}.
 *
 * @param meters each as {@code name kind tags}
 * @param lowKeys each as {@code observation key}
 * @param highKeys each as {@code observation key}
 */
record ObservabilityPage(Set<String> meters, Set<String> lowKeys, Set<String> highKeys) {

	static ObservabilityPage read() throws IOException {
		Path directory = Path.of("").toAbsolutePath();
		while (!Files.exists(directory.resolve("README.md"))) {
			directory = directory.getParent();
		}
		List<String> lines = Files.readAllLines(directory.resolve("docs/observability.md"));
		Set<String> meters = rows(lines, "| meter |")
			.map((row) -> meter(row[0], row[1], Stream.of(row[2].split(", ")).toList()))
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> lowKeys = new TreeSet<>();
		Set<String> highKeys = new TreeSet<>();
		String observation = "";
		for (String[] row : rows(lines, "| observation |").toList()) {
			observation = row[0].isEmpty() ? observation : row[0];
			(row[2].equals("low") ? lowKeys : highKeys).add(observation + " " + row[1]);
		}
		return new ObservabilityPage(meters, lowKeys, highKeys);
	}

	static String meter(String name, String kind, List<String> tags) {
		return name + " " + kind + " " + new TreeSet<>(tags);
	}

	Set<String> keys() {
		Set<String> keys = new TreeSet<>(this.lowKeys);
		keys.addAll(this.highKeys);
		return keys;
	}

	private static Stream<String[]> rows(List<String> lines, String header) {
		return lines.stream()
			.dropWhile((line) -> !line.startsWith(header))
			.skip(2)
			.takeWhile((line) -> line.startsWith("|"))
			.map((line) -> Arrays.stream(line.substring(1).split("\\|"))
				.map((cell) -> cell.replace("`", "").trim())
				.toArray(String[]::new));
	}

}
