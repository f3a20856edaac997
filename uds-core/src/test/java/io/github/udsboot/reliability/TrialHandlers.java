package io.github.udsboot.reliability;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * What the servers of these runs do; each method is called by its name.
 */
class TrialHandlers implements AutoCloseable {

	final LongAdder executed = new LongAdder();

	private final FileOutputStream journal;

	/**
	 * Create the handlers.
	 * @param journal a file to append to what was executed, {@code null} for none
	 */
	TrialHandlers(Path journal) {
		try {
			this.journal = (journal != null) ? new FileOutputStream(journal.toFile(), true) : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	byte[] echo(byte[] payload) {
		this.executed.increment();
		return payload;
	}

	void empty() {
	}

	/** Answers with as many bytes as it is told. */
	byte[] big(String size) {
		return new byte[Math.min(Integer.parseInt(size), 4_100_000)];
	}

	String pause(String millis) throws InterruptedException {
		TimeUnit.MILLISECONDS.sleep(Long.parseLong(millis));
		return millis;
	}

	CompletionStage<String> never() {
		return new CompletableFuture<>();
	}

	void fail() {
		throw new IllegalStateException("Asked for by the peer");
	}

	/** Takes no item. */
	void sink(Stream<byte[]> items) throws InterruptedException {
		TimeUnit.MINUTES.sleep(10);
	}

	/**
	 * Notes the id that the payload begins with before it answers, where a process that
	 * is killed leaves it. The stream cannot be closed by an interrupt.
	 */
	byte[] count(byte[] payload) throws IOException {
		this.journal.write(Arrays.copyOf(payload, Long.BYTES));
		this.executed.increment();
		return payload;
	}

	@Override
	public void close() throws IOException {
		if (this.journal != null) {
			this.journal.close();
		}
	}

}
