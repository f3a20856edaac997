package io.github.udsboot.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.TransportType;

/**
 * A server in a process of its own. No question to it waits for ever, for a server that
 * is attacked may be past answering.
 */
final class TrialServer implements AutoCloseable {

	private static final long PATIENCE_SECONDS = 60;

	private final ChildJvm process;

	private TrialServer(ChildJvm process) {
		this.process = process;
	}

	/** Start the process only. */
	static TrialServer launch(TransportType transport, Path log, String... options) {
		String[] all = Stream
			.concat(Stream.of(options), Stream.of("-D" + TestTransport.PROPERTY + "=" + transport.name()))
			.toArray(String[]::new);
		try {
			return new TrialServer(ChildJvm.start(TrialServerMain.class, log, all));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	TrialServer listen(Path path) {
		return listen(path, "rw-------", Duration.ZERO, null);
	}

	TrialServer listen(Path path, String mode, Duration wait, Path journal) {
		String answer = ask("start", path, mode, wait, (journal != null) ? journal : "-");
		if (!answer.equals("started")) {
			throw new IllegalStateException(answer);
		}
		return this;
	}

	/** Have it listen as soon as it can. */
	void listenLater(Path path, Duration wait) {
		this.process.tell("start", path, "rw-------", wait, "-");
	}

	String ask(Object... command) {
		this.process.tell(command);
		return answer();
	}

	String answer() {
		FutureTask<String> answer = new FutureTask<>(this.process::answer);
		Thread thread = new Thread(answer, "trial-answer");
		thread.setDaemon(true);
		thread.start();
		try {
			return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			throw new IllegalStateException("The server does not answer", ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	State state() {
		return State.parse(ask("stats"));
	}

	long executed() {
		return Long.parseLong(ask("executed"));
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	void kill() {
		this.process.kill();
	}

	@Override
	public void close() {
		kill();
	}

	static Path temporaryDirectory() {
		try {
			return Files.createTempDirectory("uds-trial");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static void delete(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.toList()) {
				Files.delete(file);
			}
			Files.delete(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What it holds, when its garbage has been collected.
	 *
	 * @param connections the open connections
	 * @param inFlight the requests that were not answered
	 * @param descriptors the descriptors of the process
	 * @param threads its threads
	 * @param heap the bytes of heap in use
	 * @param held what is counted as held for peers
	 * @param evicted how many connections gave way to others so far
	 * @param closedForMemory how many connections were closed for want of memory so far
	 */
	record State(int connections, int inFlight, long descriptors, int threads, long heap, long held, long evicted,
			long closedForMemory) {

		private static State parse(String line) {
			String[] parts = line.split(" ");
			return new State(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]),
					Integer.parseInt(parts[3]), Long.parseLong(parts[4]), Long.parseLong(parts[5]),
					Long.parseLong(parts[6]), Long.parseLong(parts[7]));
		}

	}

}
