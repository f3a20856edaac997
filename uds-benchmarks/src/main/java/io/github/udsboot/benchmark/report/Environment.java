package io.github.udsboot.benchmark.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where and when a run took place.
 *
 * @param date the day
 * @param commit the commit that was measured
 * @param host the processors
 * @param kernel the kernel
 * @param jdk the JDK of all processes in Java
 */
public record Environment(String date, String commit, String host, String kernel, String jdk) {

	private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

	/**
	 * Describe this machine.
	 * @param commit the commit that is measured
	 * @return the environment
	 */
	public static Environment current(String commit) {
		String kernel = System.getProperty("os.name", "?") + " " + System.getProperty("os.version", "?");
		String jdk = System.getProperty("java.vendor", "?") + " " + Runtime.version();
		return new Environment(LocalDate.now(ZoneOffset.UTC).toString(), commit,
				Runtime.getRuntime().availableProcessors() + " x " + processor(), kernel, jdk);
	}

	private static String processor() {
		if (!Files.isReadable(CPU_INFO)) {
			return System.getProperty("os.arch", "?");
		}
		try (Stream<String> lines = Files.lines(CPU_INFO)) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst()
				.orElse(System.getProperty("os.arch", "?"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<String> values() {
		return List.of(this.date, this.commit, this.host, this.kernel, this.jdk);
	}

	static Environment of(List<String> values) {
		return new Environment(values.get(0), values.get(1), values.get(2), values.get(3), values.get(4));
	}

}
