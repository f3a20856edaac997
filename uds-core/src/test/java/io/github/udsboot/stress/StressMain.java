package io.github.udsboot.stress;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.springframework.boot.convert.DurationStyle;

import io.github.udsboot.transport.TransportType;

/**
 * The stress run as a program. The system properties {@code stress.duration},
 * {@code stress.round}, {@code stress.seed}, {@code stress.transport} and
 * {@code stress.from}, the first round, say what is run. Ends with 1 if something is
 * wrong.
 */
public final class StressMain {

	private StressMain() {
	}

	/**
	 * Run.
	 * @param args not used
	 */
	public static void main(String[] args) {
		System.exit(run().isEmpty() ? 0 : 1);
	}

	/**
	 * Run, and print a line a minute, what was wrong, and the figures.
	 * @return what was wrong
	 */
	static List<String> run() {
		long seed = Long.parseLong(option("seed", Long.toString(System.nanoTime() & 0xffffff)));
		List<TransportType> transports = Stream.of(option("transport", "jdk,junixsocket").split(","))
			.map((name) -> TransportType.valueOf(name.toUpperCase(Locale.ROOT)))
			.toList();
		StressRun run = new StressRun(seed, duration("duration", "1m"), duration("round", "10s"), transports,
				StressMain::print)
			.startAt(Integer.parseInt(option("from", "0")));
		List<String> faults = run.run();
		faults.forEach(StressMain::print);
		print(run.summary());
		return faults;
	}

	private static Duration duration(String name, String value) {
		return DurationStyle.detectAndParse(option(name, value));
	}

	private static String option(String name, String value) {
		return System.getProperty("stress." + name, value);
	}

	@SuppressWarnings("SystemOut") // the output of a program
	private static void print(String line) {
		System.out.println(line);
	}

}
