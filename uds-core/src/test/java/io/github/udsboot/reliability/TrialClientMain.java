package io.github.udsboot.reliability;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.testsupport.TestTransport;

/**
 * A client in a process of its own that may be killed: it makes counted calls, and
 * appends the outcome of each to a file. The first line of its input says where.
 */
public final class TrialClientMain {

	static final int CALLERS = 4;

	/** The id and the outcome. */
	static final int RECORD = Long.BYTES + 1;

	private TrialClientMain() {
	}

	public static void main(String[] args) throws Exception {
		PrintStream answers = System.out;
		// Where the log goes otherwise
		System.setOut(System.err);
		answers.println("ready");
		String[] command = new String(readLine()).split(" ");
		long firstId = Long.parseLong(command[2]) << 32;
		CountDownLatch begun = new CountDownLatch(1);
		try (FileOutputStream journal = new FileOutputStream(command[1], true)) {
			UdsTemplate template = UdsTemplate.builder()
				.path(Path.of(command[0]))
				.transport(TestTransport.type())
				.waitForServer(Duration.ofSeconds(30))
				.build();
			for (int i = 0; i < CALLERS; i++) {
				long first = firstId + i;
				Thread caller = new Thread(() -> call(template, journal, first, begun));
				caller.setDaemon(true);
				caller.start();
			}
			begun.await();
			answers.println("calling");
			// until this process is killed, or whoever started it is gone
			readLine();
		}
		Runtime.getRuntime().halt(0);
	}

	private static byte[] readLine() throws IOException {
		ByteBuffer line = ByteBuffer.allocate(4096);
		int next = System.in.read();
		while (next >= 0 && next != '\n') {
			line.put((byte) next);
			next = System.in.read();
		}
		byte[] bytes = new byte[line.flip().remaining()];
		line.get(bytes);
		return bytes;
	}

	private static void call(UdsTemplate template, FileOutputStream journal, long first, CountDownLatch begun) {
		try {
			for (long id = first;; id += CALLERS) {
				CountedCall.Outcome outcome = CountedCall.make(template, id);
				journal.write(ByteBuffer.allocate(RECORD).putLong(id).put((byte) outcome.ordinal()).array());
				begun.countDown();
				LockSupport.parkNanos(2_000_000);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
