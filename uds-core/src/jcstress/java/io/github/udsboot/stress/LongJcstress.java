package io.github.udsboot.stress;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the tests of this source folder with jcstress, in processes of its own; by the
 * Maven profile {@code jcstress}, and no part of the build.
 */
class LongJcstress {

	@Test
	void noOrderOfTheProcessorIsForbidden() throws Exception {
		Path directory = Files.createDirectories(Path.of("target/jcstress").toAbsolutePath());
		List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
				"-cp", System.getProperty("java.class.path"), "org.openjdk.jcstress.Main", "-r", directory.toString()));
		command.addAll(List.of(System.getProperty("jcstress.args", "-m default").split(" ")));
		Process process = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
		try {
			assertThat(process.waitFor()).as("exit code; reports are in " + directory).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

}
