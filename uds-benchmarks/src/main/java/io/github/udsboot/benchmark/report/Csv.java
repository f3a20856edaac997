package io.github.udsboot.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Lines of comma-separated values, with quotes where they are needed.
 */
final class Csv {

	private Csv() {
	}

	static String line(List<String> values) {
		return values.stream().map(Csv::quoted).collect(Collectors.joining(","));
	}

	private static String quoted(String value) {
		boolean plain = value.indexOf(',') < 0 && value.indexOf('"') < 0 && value.indexOf('\n') < 0;
		return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
	}

	static List<String> values(String line) {
		List<String> values = new ArrayList<>();
		StringBuilder value = new StringBuilder();
		boolean quoted = false;
		for (int i = 0; i < line.length(); i++) {
			char c = line.charAt(i);
			if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
				value.append(c);
				i++;
			}
			else if (c == '"') {
				quoted = !quoted;
			}
			else if (c == ',' && !quoted) {
				values.add(value.toString());
				value.setLength(0);
			}
			else {
				value.append(c);
			}
		}
		values.add(value.toString());
		return values;
	}

}
