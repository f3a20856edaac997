package io.github.udsboot.benchmark.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
			Journal journal = new Journal(
					new ResultsFile(output.resolve(RESULTS), Environment.current(this.options.commit())), System.out);
			run(workspace, journal);
			Report.write(ResultsFile.read(output.resolve(RESULTS)), journal.notes(), output);
		}
		finally {
			FileSystemUtils.deleteRecursively(sockets);
		}
	}

	private void run(Workspace workspace, Journal journal) throws IOException {
		List<Contender> contenders = contenders(workspace, journal);
		List<Measure> measures = Measures.all(Files.readString(this.options.starterClassPath()).strip())
			.stream()
			.filter(this.options::wants)
			.toList();
		Pace pace = this.options.isQuick() ? Pace.QUICK : Pace.FULL;
		for (int number = 1; number <= this.options.rounds(); number++) {
			try (Round round = new Round(number, workspace, pace, contenders, journal)) {
				measures.forEach((measure) -> measure.run(round));
			}
		}
	}

	private List<Contender> contenders(Workspace workspace, Journal journal) {
		List<String> names = this.options.contenders();
		List<Contender> wanted = (names != null) ? names.stream().map(Contenders::named).toList() : Contenders.all();
		List<Contender> present = new ArrayList<>();
		for (Contender contender : wanted) {
			Optional<String> lack = contender.lacks(workspace);
			if (lack.isPresent()) {
				journal.note(contender.title() + " was skipped: it " + lack.get());
			}
			else {
				present.add(contender);
			}
		}
		return present;
	}

}
