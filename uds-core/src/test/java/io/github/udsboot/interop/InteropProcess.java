package io.github.udsboot.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.springframework.util.Assert;

/**
 * A partner program that runs beside a test. Both of its outputs are read as they come,
 * so that it never waits for us. Killed at the latest when closed; its stdin is a pipe
 * that ends with this JVM.
 */
final class InteropProcess implements AutoCloseable {

	/** For what takes milliseconds, on a machine that does something else as well. */
	static final Duration PATIENCE = Duration.ofSeconds(30);

	static {
		// Not every program ends when a build is broken off and its stdin ends
		Runtime.getRuntime()
			.addShutdownHook(new Thread(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroy),
					"interop-end"));
	}

	private final String name;

	private final Process process;

	private final Output stdout;

	private final Output stderr;

	private InteropProcess(String name, Process process) {
		this.name = name;
		this.process = process;
		this.stdout = new Output(name + "-stdout", process.getInputStream());
		this.stderr = new Output(name + "-stderr", process.getErrorStream());
	}

	/**
	 * Start a program.
	 * @param program the executable
	 * @param arguments its arguments
	 * @return the running process
	 */
	static InteropProcess start(Path program, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(program.toString());
		command.addAll(List.of(arguments));
		return start(new ProcessBuilder(command));
	}

	static InteropProcess start(ProcessBuilder builder) {
		try {
			Path program = Path.of(builder.command().get(0));
			return new InteropProcess(String.valueOf(program.getFileName()), builder.start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Wait for a line on stdout.
	 * @param line the whole line, such as {@code ready}
	 */
	void awaitLine(String line) {
		if (!this.stdout.await((lines) -> lines.contains(line), PATIENCE)) {
			throw new AssertionError("No line '" + line + "' " + describe());
		}
	}

	/**
	 * Wait for a number of lines on stdout.
	 * @param count how many
	 * @return the lines, perhaps more than that
	 */
	List<String> awaitLines(int count) {
		if (!this.stdout.await((lines) -> lines.size() >= count, PATIENCE)) {
			throw new AssertionError("Not " + count + " lines " + describe());
		}
		return this.stdout.lines();
	}

	/**
	 * Write to stdin.
	 * @param input what the program is to read at once
	 */
	void write(byte[] input) {
		try {
			this.process.getOutputStream().write(input);
			this.process.getOutputStream().flush();
		}
		catch (IOException ex) {
			throw new AssertionError("Takes no input: " + describe(), ex);
		}
	}

	void write(String input) {
		write(input.getBytes(StandardCharsets.UTF_8));
	}

	/** End stdin. */
	void endInput() {
		try {
			this.process.getOutputStream().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Wait until the program ends by itself.
	 * @param patience how long
	 * @return the exit status
	 */
	int awaitExit(Duration patience) {
		try {
			if (!this.process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
				throw new AssertionError("Not done after " + patience + ": " + describe());
			}
			this.stdout.awaitEnd();
			this.stderr.awaitEnd();
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted: " + describe(), ex);
		}
	}

	List<String> lines() {
		return this.stdout.lines();
	}

	List<String> errorLines() {
		return this.stderr.lines();
	}

	/**
	 * Describe the process for the message of a failure.
	 * @return its state and what it has printed
	 */
	String describe() {
		String state = this.process.isAlive() ? "running" : "ended with " + this.process.exitValue();
		return this.name + " (" + state + "), stdout " + this.stdout.lines() + ", stderr " + this.stderr.lines();
	}

	/** End the process at once, as a crash would: it cannot clean up. */
	void kill() {
		this.process.destroyForcibly();
		awaitEnd();
	}

	/** Ask the process to end, with SIGTERM, and wait until it has. */
	void terminate() {
		this.process.destroy();
		awaitEnd();
	}

	private void awaitEnd() {
		awaitExit(PATIENCE);
		endInput();
	}

	@Override
	public void close() {
		kill();
	}

	/** What a process has printed so far. */
	private static final class Output {

		private final List<String> lines = new ArrayList<>();

		private final Thread reader;

		private boolean ended;

		private Output(String name, InputStream stream) {
			this.reader = new Thread(() -> read(stream), name);
			this.reader.setDaemon(true);
			this.reader.start();
		}

		private void read(InputStream stream) {
			try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
				String line = reader.readLine();
				while (line != null) {
					add(line);
					line = reader.readLine();
				}
			}
			catch (IOException ex) {
				// the JDK closes the stream of a process that was killed
			}
			finally {
				end();
			}
		}

		private synchronized void add(String line) {
			this.lines.add(line);
			notifyAll();
		}

		private synchronized void end() {
			this.ended = true;
			notifyAll();
		}

		private synchronized List<String> lines() {
			return List.copyOf(this.lines);
		}

		private synchronized boolean await(Predicate<List<String>> condition, Duration patience) {
			long deadline = System.nanoTime() + patience.toNanos();
			try {
				while (!condition.test(this.lines)) {
					long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
					if (this.ended || left <= 0) {
						return false;
					}
					wait(left);
				}
				return true;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}

		private void awaitEnd() throws InterruptedException {
			this.reader.join(PATIENCE.toMillis());
			Assert.state(!this.reader.isAlive(), () -> this.reader.getName() + " does not end");
		}

	}

}
