package io.github.udsboot.benchmark.load;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the one-line messages between the processes of a run: words of the form
 * {@code key=value}.
 */
final class Words {

	private final Map<String, String> values = new LinkedHashMap<>();

	Words(String line) {
		for (String word : line.trim().split("\\s+")) {
			int equals = word.indexOf('=');
			if (equals > 0) {
				this.values.put(word.substring(0, equals), word.substring(equals + 1));
			}
		}
	}

	boolean has(String key) {
		return this.values.containsKey(key);
	}

	long number(String key, long otherwise) {
		String value = this.values.get(key);
		return (value != null) ? Long.parseLong(value) : otherwise;
	}

	double decimal(String key) {
		String value = this.values.get(key);
		if (value == null) {
			throw new IllegalArgumentException("There is no '" + key + "' among " + this.values.keySet());
		}
		return Double.parseDouble(value);
	}

	Load.Kind kind() {
		return Load.Kind.valueOf(this.values.getOrDefault("kind", Load.Kind.CALLS.name()));
	}

	boolean flag(String key) {
		return Boolean.parseBoolean(this.values.get(key));
	}

}
