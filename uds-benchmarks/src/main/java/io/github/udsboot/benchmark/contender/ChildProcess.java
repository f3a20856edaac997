package io.github.udsboot.benchmark.contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that is spoken to in lines.
 */
public final class ChildProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration FAREWELL = Duration.ofSeconds(5);

	/** Stands for the end of the output. */
	private static final String END = "\0";

	private final String name;

	private final Process process;

	private final PrintWriter input;

	private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

	private ChildProcess(String name, Process process) {
		this.name = name;
		this.process = process;
		this.input = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
	}

	/**
	 * Start a process.
	 * @param name names the process in messages, and its log
	 * @param command the command
	 * @param logs the directory for what it writes to its error output
	 * @return the process
	 */
	public static ChildProcess start(String name, List<String> command, Path logs) {
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.redirectError(ProcessBuilder.Redirect.appendTo(logs.resolve(name + ".log").toFile()));
		try {
			ChildProcess child = new ChildProcess(name, builder.start());
			child.readLines();
			return child;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The process '" + name + "' cannot be started", ex);
		}
	}

	private void readLines() {
		Thread reader = new Thread(() -> {
			try (BufferedReader output = new BufferedReader(
					new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
				output.lines().forEach(this.lines::add);
			}
			catch (IOException | UncheckedIOException ex) {
				// The process is gone, which the end tells
			}
			finally {
				this.lines.add(END);
			}
		}, this.name + "-output");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Wait for a line that begins in a certain way; others, such as a framework's log,
	 * are passed over.
	 * @param beginning how it begins
	 * @param more how long the process is known to be busy before it writes
	 * @return the line
	 */
	public String await(Duration more, String... beginning) {
		long deadline = System.nanoTime() + PATIENCE.plus(more).toNanos();
		while (true) {
			String line = poll(deadline - System.nanoTime());
			for (String wanted : beginning) {
				if (line.startsWith(wanted)) {
					return line;
				}
			}
		}
	}

	private String poll(long nanos) {
		try {
			String line = this.lines.poll(nanos, TimeUnit.NANOSECONDS);
			if (line == null) {
				throw new IllegalStateException("The process '" + this.name + "' did not answer, see its log");
			}
			if (line.equals(END)) {
				this.lines.add(END);
				throw new IllegalStateException("The process '" + this.name + "' has ended, see its log");
			}
			return line;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while '" + this.name + "' was to answer", ex);
		}
	}

	/**
	 * Write a line to the process.
	 * @param line the line
	 */
	public void say(String line) {
		this.input.println(line);
	}

	/**
	 * Return the process id.
	 * @return the id
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * Return how long the process has been on a processor, for itself or in the kernel.
	 * @return the time, empty where the system does not tell, or the process has ended
	 */
	public Optional<Duration> cpu() {
		return this.process.info().totalCpuDuration();
	}

	/**
	 * End the input, which well-behaved processes end at, and wait for the end.
	 */
	@Override
	public void close() {
		this.input.close();
		try {
			if (!this.process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * End a process that does not look at its input.
	 */
	public void destroy() {
		this.process.destroy();
		close();
	}

}
