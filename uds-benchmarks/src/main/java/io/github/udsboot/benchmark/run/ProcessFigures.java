package io.github.udsboot.benchmark.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What the kernel knows of a process.
 */
final class ProcessFigures {

	private static final String RESIDENT = "VmRSS:";

	private static final Pattern JVM_THREAD = Pattern
		.compile("G1 |GC Thread|VM |C1 Compiler|C2 Compiler|Monitor Deflati|Service Thread|Common-Cleaner");

	private ProcessFigures() {
	}

	static boolean areAvailable() {
		return Files.isReadable(Path.of("/proc/self/status"));
	}

	/** The memory that is resident, in kilobytes. */
	static long residentKilobytes(long pid) {
		try {
			return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))
				.stream()
				.filter((line) -> line.startsWith(RESIDENT))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
				.findFirst()
				.orElseThrow(() -> new IllegalStateException("The kernel tells no resident memory"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The time on a processor that the threads of a process have had which are there now,
	 * to the nanosecond: the sum that the kernel keeps counts ticks of 10 ms. Without the
	 * JVM's own threads: a collector that has collected wakes up 20 times a second from
	 * then on, whatever the application does.
	 */
	static Duration cpu(long pid) {
		try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", String.valueOf(pid), "task"))) {
			long nanos = 0;
			for (Path thread : threads) {
				if (JVM_THREAD.matcher(Files.readString(thread.resolve("comm"))).lookingAt()) {
					continue;
				}
				String figures = Files.readString(thread.resolve("schedstat"));
				nanos += Long.parseLong(figures.substring(0, figures.indexOf(' ')));
			}
			return Duration.ofNanos(nanos);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The kernel tells no CPU time of a process", ex);
		}
	}

}
