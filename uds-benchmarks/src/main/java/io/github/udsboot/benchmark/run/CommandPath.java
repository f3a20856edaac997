package io.github.udsboot.benchmark.run;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Looks for commands.
 */
final class CommandPath {

	private CommandPath() {
	}

	static boolean has(String command) {
		String path = System.getenv("PATH");
		return path != null && Arrays.stream(path.split(Pattern.quote(File.pathSeparator)))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, command)));
	}

}
