package io.github.udsboot.benchmark.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the kernel knows of a process.
 */
final class ProcessFigures {

	private static final String RESIDENT = "VmRSS:";

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

	static Duration cpu(long pid) {
		return ProcessHandle.of(pid)
			.flatMap((process) -> process.info().totalCpuDuration())
			.orElseThrow(() -> new IllegalStateException("The kernel tells no CPU time of a process"));
	}

}
