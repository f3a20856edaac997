package io.github.udsboot.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The inputs that fuzzing begins with, a file for each target with one input a line, in
 * hexadecimal digits: what the encoders write, what hostile peers send, and what a long
 * run has found to lead to code that no other input leads to.
 */
final class Corpus {

	private static final Path DIRECTORY = Path.of("src/test/resources/fuzz");

	/** A file is read by people, too. */
	private static final int LONGEST_LEARNED = 200;

	private Corpus() {
	}

	private static Path file(String target) {
		return DIRECTORY.resolve(target + ".txt");
	}

	/** Return the inputs of the file, which may have comments and empty lines. */
	static List<byte[]> read(String target) throws IOException {
		List<byte[]> inputs = new ArrayList<>();
		for (String line : Files.readAllLines(file(target), StandardCharsets.US_ASCII)) {
			if (!line.isBlank() && !line.startsWith("#")) {
				inputs.add(HexFormat.of().parseHex(line.strip()));
			}
		}
		return inputs;
	}

	/** Return the inputs of the file and of the encoders. */
	static Collection<byte[]> all(String target) throws IOException {
		Map<String, byte[]> all = new LinkedHashMap<>();
		for (byte[] input : read(target)) {
			all.put(HexFormat.of().formatHex(input), input);
		}
		for (byte[] input : FuzzTargets.named(target).seeds()) {
			all.put(HexFormat.of().formatHex(input), input);
		}
		return all.values();
	}

	/** Write inputs to a directory, as a fuzzer wants to have them. */
	static void unpack(Collection<byte[]> inputs, Path directory) throws IOException {
		Files.createDirectories(directory);
		int number = 0;
		for (byte[] input : inputs) {
			Files.write(directory.resolve("seed-" + number++), input);
		}
	}

	/** Add what a fuzzer has left in a directory to the file, as far as it is short. */
	static int learn(String target, Path directory) throws IOException {
		Map<String, byte[]> known = new LinkedHashMap<>();
		all(target).forEach((input) -> known.put(HexFormat.of().formatHex(input), input));
		List<String> learned = new ArrayList<>();
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : (Iterable<Path>) files.sorted()::iterator) {
				String line = HexFormat.of().formatHex(Files.readAllBytes(file));
				if (!line.isEmpty() && line.length() <= 2 * LONGEST_LEARNED && !known.containsKey(line)) {
					learned.add(line);
				}
			}
		}
		List<String> lines = new ArrayList<>(Files.readAllLines(file(target), StandardCharsets.US_ASCII));
		lines.addAll(learned);
		Files.write(file(target), lines, StandardCharsets.US_ASCII);
		return learned.size();
	}

}
