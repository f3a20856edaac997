package io.github.udsboot.fuzz;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzzing guided by coverage, with Jazzer, for as many inputs as one wants; by the Maven
 * profile {@code fuzz}, and no part of the build. A process for each target, two at a
 * time, or as many as the property {@code fuzz.processes} says.
 */
@Execution(ExecutionMode.CONCURRENT)
class LongFuzz {

	private static final String INPUTS = System.getProperty("fuzz.inputs", "1000000");

	/** Of an input; long ones take long, and what they show short ones show as well. */
	private static final int LONGEST = 2_500;

	private static final boolean LEARNS = Boolean.getBoolean("fuzz.learn");

	static Collection<String> targets() {
		String chosen = System.getProperty("fuzz.targets", "");
		return chosen.isEmpty() ? FuzzTargets.names() : Arrays.asList(chosen.split(","));
	}

	@ParameterizedTest
	@MethodSource("targets")
	void everyInputIsReadAsItMustBe(String target) throws Exception {
		Path directory = Path.of("target/fuzz").resolve(target).toAbsolutePath();
		FileSystemUtils.deleteRecursively(directory);
		Path corpus = directory.resolve("corpus");
		Corpus.unpack(Corpus.all(target).stream().filter((input) -> input.length <= LONGEST).toList(), corpus);
		Path log = directory.resolve("log");
		int exit = jazzer(target, log, "-runs=" + INPUTS, "-seed=" + System.getProperty("fuzz.seed", "1"),
				"-max_len=" + LONGEST, "-timeout=120", "-rss_limit_mb=0", "-artifact_prefix=" + directory + "/",
				"--reproducer_path=" + directory, corpus.toString());
		String last = lastLine(log);
		System.out.println(target + ": " + last);
		assertThat(exit).as("%s, see %s: %s", target, log, failed(directory)).isZero();
		assertThat(last).startsWith("Done ");
		if (LEARNS) {
			Path least = Files.createDirectories(directory.resolve("least"));
			assertThat(jazzer(target, directory.resolve("merge.log"), "-merge=1", least.toString(), corpus.toString()))
				.isZero();
			System.out.println(target + ": " + Corpus.learn(target, least) + " inputs are new in the corpus");
		}
	}

	private static int jazzer(String target, Path log, String... options) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
		// what the JVM of the tests needs on its version of Java
		ManagementFactory.getRuntimeMXBean()
			.getInputArguments()
			.stream()
			.filter((argument) -> argument.contains("AgentLoading") || argument.contains("native-access"))
			.forEach(command::add);
		command.addAll(List.of("-D" + JazzerTarget.NAME + "=" + target, "-Xmx1g", "-cp",
				System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer",
				"--target_class=" + JazzerTarget.class.getName(), "--instrumentation_includes=io.github.udsboot.**",
				"--instrumentation_excludes=io.github.udsboot.fuzz.**"));
		command.addAll(List.of(options));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			return process.waitFor();
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static String lastLine(Path log) throws IOException {
		List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
		return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
	}

	/** Return the inputs that have failed, to be added to the corpus. */
	private static List<String> failed(Path directory) throws IOException {
		List<String> inputs = new ArrayList<>();
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : (Iterable<Path>) files::iterator) {
				if (file.getFileName().toString().matches("(crash|oom|timeout)-.*")) {
					inputs.add(FuzzInput.text(Files.readAllBytes(file)));
				}
			}
		}
		return inputs;
	}

}
