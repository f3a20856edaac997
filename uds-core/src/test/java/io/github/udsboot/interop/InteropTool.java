package io.github.udsboot.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

/**
 * A command that must be on the machine for an interop test to run. Without it the test
 * is skipped, and the skip says what to install; with {@code UDS_INTEROP=required} in the
 * environment it fails, so that a build server cannot skip what it is there for.
 *
 * @param command the command, as on the {@code PATH}
 * @param installation how to get it
 */
record InteropTool(String command, String installation) {

	static final InteropTool GO = new InteropTool("go", "install Go from https://go.dev/dl or with a package manager");

	static final InteropTool CARGO = new InteropTool("cargo",
			"install Rust 1.85 or newer, for instance from https://rustup.rs");

	static final InteropTool CC = new InteropTool("cc", "install a C compiler: Rust links with it");

	static final InteropTool NODE = new InteropTool("node",
			"install Node 18 or newer, for instance from https://nodejs.org");

	static final InteropTool SOCAT = new InteropTool("socat", "install the package 'socat'");

	static final InteropTool NC = new InteropTool("nc", "install OpenBSD's, for instance the package 'netcat-openbsd'");

	static final InteropTool XVFB = new InteropTool("Xvfb", "install the package 'xvfb'");

	static final InteropTool PYTHON = new InteropTool("python3", "install the package 'python3'");

	static final InteropTool HAPROXY = new InteropTool("haproxy", "install the package 'haproxy'");

	private static final boolean REQUIRED = "required".equals(System.getenv("UDS_INTEROP"));

	/**
	 * Return the command, or end the test.
	 * @return the path of the executable
	 */
	Path require() {
		return find().orElseGet(() -> unavailable("there is no '" + this.command + "' on the PATH"));
	}

	/**
	 * Return the command if it has an option, or end the test.
	 * @param option an option that not every program of this name has
	 * @return the path of the executable
	 */
	Path requireWith(String option) {
		Path program = require();
		try (InteropProcess help = InteropProcess.start(program, "-h")) {
			help.awaitExit(InteropProcess.PATIENCE);
			boolean known = Stream.concat(help.lines().stream(), help.errorLines().stream())
				.anyMatch((line) -> line.contains(option));
			return known ? program : unavailable(program + " has no option '" + option + "'");
		}
	}

	/**
	 * End the test because the command, or what it needs, is not there.
	 * @param problem what is missing
	 * @return never
	 */
	<T> T unavailable(String problem) {
		String message = "Interop with '" + this.command + "' is not tested: " + problem + ". To run these tests, "
				+ this.installation;
		if (REQUIRED) {
			throw new AssertionError(message + " (UDS_INTEROP is 'required')");
		}
		return Assumptions.abort(message);
	}

	private Optional<Path> find() {
		String path = System.getenv("PATH");
		return Stream.of(((path != null) ? path : "").split(File.pathSeparator))
			.filter((directory) -> !directory.isEmpty())
			.flatMap(this::executable)
			.findFirst();
	}

	private Stream<Path> executable(String directory) {
		try {
			Path file = Path.of(directory, this.command);
			return (Files.isRegularFile(file) && Files.isExecutable(file)) ? Stream.of(file) : Stream.empty();
		}
		catch (InvalidPathException ex) {
			return Stream.empty();
		}
	}

}
