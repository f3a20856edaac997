package io.github.udsboot.readme;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A command that the README shows, run by a shell in the project's directory.
 */
final class ShellCommand implements AutoCloseable {

	private static final int BOUND_SECONDS = 120;

	private final String command;

	private final Process process;

	private ShellCommand(String command, Process process) {
		this.command = command;
		this.process = process;
	}

	/**
	 * Start a command. Where its program is missing the test is skipped, or fails if
	 * interoperability is required.
	 */
	static ShellCommand start(String command, Path project) throws IOException {
		String program = command.contains("| ") ? command.substring(command.indexOf("| ") + 2) : command;
		require(program.split(" ")[0], project);
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec 2>&1; " + command).directory(project.toFile());
		return new ShellCommand(command, builder.start());
	}

	private static void require(String program, Path project) throws IOException {
		boolean present;
		try {
			present = new ProcessBuilder("sh", "-c", "command -v " + program).directory(project.toFile())
				.start()
				.waitFor() == 0;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		if (!present && "required".equals(System.getenv("UDS_INTEROP"))) {
			throw new AssertionError("'" + program + "' is required and not on the path");
		}
		Assumptions.assumeTrue(present, () -> "'" + program + "' is not on the path");
	}

	/** Wait for the end and return what was printed. */
	String output() throws IOException, InterruptedException {
		this.process.getOutputStream().close();
		Process process = this.process;
		byte[] output = process.getInputStream().readAllBytes();
		assertThat(process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).as(this.command).isTrue();
		return new String(output, StandardCharsets.UTF_8);
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		// "go run" runs the program as its child
		this.process.descendants().forEach(ProcessHandle::destroy);
		this.process.destroy();
		this.process.onExit().orTimeout(BOUND_SECONDS, TimeUnit.SECONDS).join();
	}

}
