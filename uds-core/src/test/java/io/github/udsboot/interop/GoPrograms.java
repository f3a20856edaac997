package io.github.udsboot.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The partner programs in {@code interop/go}, built once per test JVM.
 */
final class GoPrograms {

	/** Enough to download some modules and to compile Go's own library. */
	private static final Duration BUILD_PATIENCE = Duration.ofMinutes(5);

	private static final Map<String, String> ENVIRONMENT = Map.of("GOFLAGS", "-mod=readonly -buildvcs=false", "GOWORK",
			"off");

	private static @Nullable Path directory;

	private static @Nullable String missing;

	private GoPrograms() {
	}

	/**
	 * Build the programs unless that was done already, and end the test if it cannot be
	 * done on this machine.
	 */
	static synchronized void require() {
		if (directory != null) {
			return;
		}
		Path go = InteropTool.GO.require();
		Path module = interopDirectory().resolve("go");
		if (missing == null) {
			InteropProcess download = run(go, module, "mod", "download");
			missing = (download.awaitExit(BUILD_PATIENCE) != 0)
					? "the modules that it needs cannot be had: " + download.describe() : "";
		}
		if (!missing.isEmpty()) {
			InteropTool.GO.unavailable(missing);
		}
		// Everything is there now: what fails from here on is a fault of ours
		Path target = Path.of("target", "interop", "go").toAbsolutePath();
		InteropProcess build = run(go, module, "build", "-o", target + "/", "./cmd/...");
		if (build.awaitExit(BUILD_PATIENCE) != 0) {
			throw new AssertionError("The Go programs cannot be built: " + build.describe());
		}
		directory = target;
	}

	private static InteropProcess run(Path go, Path module, String... arguments) {
		ProcessBuilder builder = new ProcessBuilder(go.toString());
		builder.command().addAll(List.of(arguments));
		builder.directory(module.toFile());
		builder.environment().putAll(ENVIRONMENT);
		return InteropProcess.start(builder);
	}

	/**
	 * Return the directory of all partner programs.
	 * @return {@code interop} of the nearest directory at or above the working one
	 */
	static Path interopDirectory() {
		Path start = Path.of("").toAbsolutePath();
		for (Path directory = start; directory != null; directory = directory.getParent()) {
			Path candidate = directory.resolve("interop");
			if (Files.isDirectory(candidate.resolve("go"))) {
				return candidate;
			}
		}
		throw new UncheckedIOException(new IOException("No directory interop/go at or above " + start));
	}

	/**
	 * Start a server of containerd's ttrpc and wait until it listens.
	 * @param socket the path of the socket, must be free
	 * @return the server
	 */
	static InteropProcess startTtrpcServer(Path socket) {
		InteropProcess server = InteropProcess.start(program("ttrpc-server"), "-socket", socket.toString(),
				"-stdin-eof");
		server.awaitLine("ready");
		return server;
	}

	/**
	 * Run a command of containerd's ttrpc client to its end.
	 * @param socket the server's socket
	 * @param arguments flags, command and the command's arguments
	 * @return what came of it
	 */
	static TtrpcCallOutcome callTtrpc(Path socket, String... arguments) {
		String[] all = new String[arguments.length + 2];
		all[0] = "-socket";
		all[1] = socket.toString();
		System.arraycopy(arguments, 0, all, 2, arguments.length);
		try (InteropProcess client = InteropProcess.start(program("ttrpc-client"), all)) {
			int exitStatus = client.awaitExit(InteropProcess.PATIENCE);
			return TtrpcCallOutcome.of(exitStatus, client);
		}
	}

	/**
	 * Start a server on Go's net package and wait until it listens.
	 * @param socket the path of the socket, must be free
	 * @param answer what stands before the message in its answer
	 * @return the server, which prints each message
	 */
	static InteropProcess startNetServer(Path socket, String answer) {
		InteropProcess server = InteropProcess.start(program("net-server"), "-socket", socket.toString(), "-answer",
				answer, "-stdin-eof");
		server.awaitLine("ready");
		return server;
	}

	/**
	 * Start a server on Go's net package that greets, and wait until it listens.
	 * @param socket the path of the socket, must be free
	 * @param greeting what each client is sent when it connects
	 * @return the server
	 */
	static InteropProcess startGreetingNetServer(Path socket, String greeting) {
		InteropProcess server = InteropProcess.start(program("net-server"), "-socket", socket.toString(), "-greeting",
				greeting, "-stdin-eof");
		server.awaitLine("ready");
		return server;
	}

	/**
	 * Start clients on Go's net package that begin at the same time.
	 * @param socket the server's socket
	 * @param message the message; of more than one client, each adds a space and its
	 * number, from 0 on
	 * @param count how many clients
	 * @return the process of all clients, which prints each answer and ends
	 */
	static InteropProcess startNetClients(Path socket, String message, int count) {
		return InteropProcess.start(program("net-client"), "-socket", socket.toString(), "-message", message, "-count",
				String.valueOf(count));
	}

	private static synchronized Path program(String name) {
		if (directory == null) {
			throw new IllegalStateException("The programs are not built");
		}
		return directory.resolve(name);
	}

}
