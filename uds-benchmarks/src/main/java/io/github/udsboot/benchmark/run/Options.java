package io.github.udsboot.benchmark.run;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The command line.
 */
final class Options {

	private static final Set<String> FLAGS = Set.of("--quick", "--check");

	private static final Set<String> VALUES = Set.of("--contenders", "--measures", "--rounds", "--output", "--programs",
			"--starter-classpath", "--commit");

	private static final int FULL_ROUNDS = 3;

	private final Map<String, String> values;

	private Options(Map<String, String> values) {
		this.values = values;
	}

	/**
	 * Read the command line.
	 * @throws IllegalArgumentException if it is wrong; the message says why
	 */
	static Options parse(String... args) {
		Map<String, String> values = new HashMap<>();
		Deque<String> words = new ArrayDeque<>(Arrays.asList(args));
		while (!words.isEmpty()) {
			String word = words.remove();
			if (FLAGS.contains(word)) {
				values.put(word, "");
			}
			else if (VALUES.contains(word) && !words.isEmpty()) {
				values.put(word, words.remove());
			}
			else if (VALUES.contains(word)) {
				throw new IllegalArgumentException("'" + word + "' wants a value");
			}
			else {
				throw new IllegalArgumentException("There is no option '" + word + "'");
			}
		}
		return new Options(values);
	}

	boolean isQuick() {
		return this.values.containsKey("--quick");
	}

	boolean isCheck() {
		return this.values.containsKey("--check");
	}

	int rounds() {
		String text = this.values.get("--rounds");
		if (text == null) {
			return isQuick() ? 1 : FULL_ROUNDS;
		}
		int rounds = Integer.parseInt(text);
		if (rounds < 1) {
			throw new IllegalArgumentException("'--rounds' must be at least 1");
		}
		return rounds;
	}

	/** The names that were given, or {@code null} for all. */
	@Nullable List<String> contenders() {
		return list("--contenders");
	}

	/** Whether a measure, or the group whose name it begins with, was asked for. */
	boolean wants(Measure measure) {
		List<String> names = list("--measures");
		return (names != null) ? names.stream().anyMatch((name) -> measure.name().startsWith(name))
				: !isQuick() || measure.isQuick();
	}

	private @Nullable List<String> list(String option) {
		String text = this.values.get(option);
		return (text != null) ? List.of(text.split(",")) : null;
	}

	Path output() {
		return Path.of(required("--output"));
	}

	Path programs() {
		return Path.of(required("--programs"));
	}

	Path starterClassPath() {
		return Path.of(required("--starter-classpath"));
	}

	String commit() {
		return required("--commit");
	}

	private String required(String option) {
		String value = this.values.get(option);
		if (value == null) {
			throw new IllegalArgumentException("'" + option + "' is missing");
		}
		return value;
	}

}
