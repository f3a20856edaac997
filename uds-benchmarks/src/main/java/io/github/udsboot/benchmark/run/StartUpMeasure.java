package io.github.udsboot.benchmark.run;

import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.udsboot.benchmark.contender.ChildProcess;
import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.contender.Workspace;
import io.github.udsboot.benchmark.report.MeasureNames;
import io.github.udsboot.benchmark.report.Row;
import io.github.udsboot.benchmark.startup.StartedApplication;

/**
 * What the starter adds to the start of an application with a listener and a client: from
 * the start of the JVM until it runs, with and without the starter on its class path, in
 * turns.
 */
final class StartUpMeasure implements Measure {

	/** What the starter brings along, beside Spring Boot's own starters. */
	private static final Pattern STARTER = Pattern.compile("(uds-core|uds-spring-boot-\\w+)[/\\\\]target[/\\\\]"
			+ "|[/\\\\](uds-core|uds-spring-boot-\\w+|junixsocket-[a-z-]+|spring-messaging)-[0-9][^/\\\\]*\\.jar$");

	private final String starterClassPath;

	/**
	 * Create the measure.
	 * @param starterClassPath the class path of an application that has the starter
	 */
	StartUpMeasure(String starterClassPath) {
		this.starterClassPath = starterClassPath;
	}

	@Override
	public String name() {
		return MeasureNames.START_UP;
	}

	@Override
	public boolean isQuick() {
		return true;
	}

	@Override
	public List<String> contenders() {
		return List.of(Contenders.UDS);
	}

	@Override
	public boolean usesSessions() {
		return false;
	}

	@Override
	public Duration estimate(Pace pace, List<Contender> contenders) {
		return Estimates.APPLICATION.multipliedBy(2L * pace.starts());
	}

	@Override
	public void run(Round round) {
		if (!round.turns(contenders()).isEmpty()) {
			round.attempt(Contenders.UDS, name(), () -> measure(round));
		}
	}

	private void measure(Round round) {
		List<String> with = entries();
		List<String> without = with.stream().filter((entry) -> !STARTER.matcher(entry).find()).toList();
		if (without.size() == with.size()) {
			throw new IllegalStateException("The starter is not on the class path");
		}
		List<Long> millisWith = new ArrayList<>();
		List<Long> millisWithout = new ArrayList<>();
		for (int i = 0; i < round.pace().starts(); i++) {
			millisWithout.add(start(round.workspace(), without));
			millisWith.add(start(round.workspace(), with));
		}
		round.add(Row.of(round.number(), Contenders.UDS, name(), median(millisWith) - median(millisWithout), "ms"));
	}

	private List<String> entries() {
		return Arrays.asList(this.starterClassPath.split(Pattern.quote(File.pathSeparator)));
	}

	private static long start(Workspace workspace, List<String> entries) {
		List<String> command = List.of(Workspace.javaExecutable(), "-cp",
				ownClasses() + File.pathSeparator + entries.stream().collect(Collectors.joining(File.pathSeparator)),
				StartedApplication.class.getName(), "--uds.socket.path=" + workspace.socket("start-up"));
		try (ChildProcess process = ChildProcess.start("start-up", command, workspace.logs())) {
			String line = process.await(Duration.ZERO, StartedApplication.STARTED);
			return Long.parseLong(line.substring(StartedApplication.STARTED.length()).strip());
		}
	}

	/** The entry that this class was loaded from. */
	private static String ownClasses() {
		return new File(StartUpMeasure.class.getProtectionDomain().getCodeSource().getLocation().getPath()).getPath();
	}

	private static double median(List<Long> values) {
		List<Long> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
	}

}
