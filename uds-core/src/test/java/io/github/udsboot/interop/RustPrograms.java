package io.github.udsboot.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The partner programs in {@code interop/rust}, built once per test JVM. What cargo
 * builds stays beside its sources, where no build of ours cleans: the second build takes
 * no time.
 */
final class RustPrograms {

	/** The oldest that the crates take, as in Cargo.toml. */
	private static final int MINOR_VERSION = 85;

	/** Enough to download some crates and to compile them on a slow machine. */
	private static final Duration BUILD_PATIENCE = Duration.ofMinutes(10);

	private static @Nullable Path directory;

	private static @Nullable String missing;

	private RustPrograms() {
	}

	/**
	 * Build the programs unless that was done already, and end the test if it cannot be
	 * done on this machine.
	 */
	static synchronized void require() {
		if (directory != null) {
			return;
		}
		Path cargo = InteropTool.CARGO.require();
		InteropTool.CC.require();
		Path sources = GoPrograms.interopDirectory().resolve("rust");
		if (missing == null) {
			missing = missing(cargo, sources);
		}
		if (!missing.isEmpty()) {
			InteropTool.CARGO.unavailable(missing);
		}
		// Everything is there now: what fails from here on is a fault of ours
		Path target = sources.resolve("target");
		InteropProcess build = run(cargo, sources, "build", "--locked", "--offline", "--target-dir", target.toString());
		if (build.awaitExit(BUILD_PATIENCE) != 0) {
			throw new AssertionError("The Rust programs cannot be built: " + build.describe());
		}
		directory = target.resolve("debug");
	}

	/** Return what keeps cargo from building, empty if nothing does. */
	private static String missing(Path cargo, Path sources) {
		InteropProcess version = run(cargo, sources, "--version");
		if (version.awaitExit(InteropProcess.PATIENCE) != 0) {
			return "cargo does not run: " + version.describe();
		}
		String line = version.lines().get(0);
		if (!isRecent(line)) {
			return line + " is too old";
		}
		InteropProcess download = run(cargo, sources, "fetch", "--locked");
		return (download.awaitExit(BUILD_PATIENCE) != 0)
				? "the crates that it needs cannot be had: " + download.describe() : "";
	}

	/** Such as {@code cargo 1.85.0 (d73d2caf9 2024-12-31)}. */
	private static boolean isRecent(String version) {
		String[] numbers = version.split(" ")[1].split("\\.");
		return Integer.parseInt(numbers[0]) > 1 || Integer.parseInt(numbers[1]) >= MINOR_VERSION;
	}

	private static InteropProcess run(Path cargo, Path sources, String... arguments) {
		ProcessBuilder builder = new ProcessBuilder(cargo.toString());
		builder.command().addAll(List.of(arguments));
		builder.directory(sources.toFile());
		return InteropProcess.start(builder);
	}

	/**
	 * Start a server of the crate {@code ttrpc} and wait until it listens.
	 * @param socket the path of the socket, must be free
	 * @param options further options
	 * @return the server
	 */
	static InteropProcess startTtrpcServer(Path socket, String... options) {
		InteropProcess server = InteropProcess.start(program("ttrpc-server"),
				with(options, "-socket", socket.toString(), "-stdin-eof"));
		server.awaitLine("ready");
		return server;
	}

	/**
	 * Run a command of a client of the crate {@code ttrpc} to its end.
	 * @param socket the server's socket
	 * @param arguments flags, command and the command's arguments
	 * @return what came of it
	 */
	static TtrpcCallOutcome callTtrpc(Path socket, String... arguments) {
		try (InteropProcess client = InteropProcess.start(program("ttrpc-client"),
				with(arguments, "-socket", socket.toString()))) {
			int exitStatus = client.awaitExit(InteropProcess.PATIENCE);
			return TtrpcCallOutcome.of(exitStatus, client);
		}
	}

	private static String[] with(String[] arguments, String... before) {
		return Stream.concat(Arrays.stream(before), Arrays.stream(arguments)).toArray(String[]::new);
	}

	private static synchronized Path program(String name) {
		if (directory == null) {
			throw new IllegalStateException("The programs are not built");
		}
		return directory.resolve(name);
	}

}
