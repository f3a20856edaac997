package io.github.udsboot.benchmark.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import org.springframework.util.FileSystemUtils;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.contender.Workspace;
import io.github.udsboot.benchmark.report.Environment;
import io.github.udsboot.benchmark.report.Goals;
import io.github.udsboot.benchmark.report.Report;
import io.github.udsboot.benchmark.report.ResultsFile;

/**
 * Runs the benchmarks, or checks the results of a run. Started by the script {@code run},
 * which builds what is needed and says how this class is called.
 */
public final class Benchmark {

	private static final String RESULTS = "results.csv";

	private final Options options;

	private Benchmark(Options options) {
		this.options = options;
	}

	/**
	 * Run or check.
	 * @param args the command line
	 * @throws IOException if results cannot be read or written
	 */
	public static void main(String[] args) throws IOException {
		Options options;
		try {
			options = Options.parse(args);
		}
		catch (IllegalArgumentException ex) {
			System.err.println("run: " + ex.getMessage());
			System.exit(2);
			return;
		}
		Benchmark benchmark = new Benchmark(options);
		if (!options.isCheck()) {
			benchmark.run();
		}
		boolean reached = benchmark.check();
		System.exit((reached || !options.isCheck()) ? 0 : 1);
	}

	private boolean check() throws IOException {
		Goals.Check check = Goals.check(ResultsFile.read(this.options.output().resolve(RESULTS)));
		check.lines().forEach(System.out::println);
		return check.passed();
	}

	private void run() throws IOException {
		Path output = Files.createDirectories(this.options.output());
		Path sockets = Files.createTempDirectory("udsb");
		try {
			Path logs = Files.createDirectories(this.options.programs().resolveSibling("logs"));
			Workspace workspace = new Workspace(sockets, logs, this.options.programs(), false);
			Schedule schedule = schedule(workspace);
			Journal journal = new Journal(
					new ResultsFile(output.resolve(RESULTS), Environment.current(this.options.commit())), System.out);
			noteWhoIsSkipped(workspace, journal);
			System.out.println("run: about " + minutes(schedule.estimate()) + ", " + schedule.rounds() + " rounds");
			long begin = System.nanoTime();
			run(schedule, workspace, journal);
			journal.note("The run took " + minutes(Duration.ofNanos(System.nanoTime() - begin)) + "; "
					+ minutes(schedule.estimate()) + " were estimated");
			Report.write(ResultsFile.read(output.resolve(RESULTS)), journal.notes(), output);
		}
		finally {
			FileSystemUtils.deleteRecursively(sockets);
		}
	}

	private static String minutes(Duration duration) {
		return String.format(Locale.ROOT, "%d min %02d s", duration.toMinutes(), duration.toSecondsPart());
	}

	private Schedule schedule(Workspace workspace) throws IOException {
		List<Measure> measures = Measures.all(Files.readString(this.options.starterClassPath()).strip())
			.stream()
			.filter(this.options::wants)
			.toList();
		Schedule schedule = new Schedule(this.options.rounds(), this.options.isQuick() ? Pace.QUICK : Pace.FULL,
				measures, wanted().stream().filter((contender) -> contender.lacks(workspace).isEmpty()).toList());
		if (schedule.due(1).isEmpty()) {
			throw new IllegalArgumentException("Nothing is measured of these contenders by these measures");
		}
		return schedule;
	}

	private static void run(Schedule schedule, Workspace workspace, Journal journal) {
		for (int number = 1; number <= schedule.rounds(); number++) {
			try (Round round = new Round(number, workspace, schedule.pace(), schedule.contenders(), journal)) {
				schedule.due(number).forEach((measure) -> measure.run(round));
			}
		}
	}

	private List<Contender> wanted() {
		List<String> names = this.options.contenders();
		return (names != null) ? names.stream().map(Contenders::named).toList() : Contenders.all();
	}

	private void noteWhoIsSkipped(Workspace workspace, Journal journal) {
		for (Contender contender : wanted()) {
			contender.lacks(workspace)
				.ifPresent((lack) -> journal.note(contender.title() + " was skipped: it " + lack));
		}
	}

}
