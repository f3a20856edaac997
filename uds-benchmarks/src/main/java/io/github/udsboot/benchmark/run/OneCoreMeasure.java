package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.List;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.contender.Session;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.report.MeasureNames;
import io.github.udsboot.benchmark.report.Row;

/**
 * One caller, with both processes on one core: what a call costs when only one side can
 * run at a time.
 */
final class OneCoreMeasure implements Measure {

	@Override
	public String name() {
		return MeasureNames.ONE_CORE;
	}

	@Override
	public boolean isQuick() {
		return true;
	}

	@Override
	public List<String> contenders() {
		return List.of(Contenders.UDS_NO_POLL, Contenders.C);
	}

	@Override
	public boolean usesSessions() {
		return false;
	}

	@Override
	public Duration estimate(Pace pace, List<Contender> contenders) {
		return contenders.stream()
			.map((contender) -> pace.estimate(Effort.GOAL, contender).plus(start(pace, contender)))
			.reduce(Duration.ZERO, Duration::plus);
	}

	/** On one core, everything takes longer. */
	private static Duration start(Pace pace, Contender contender) {
		Duration start = Estimates.session(contender).multipliedBy(2);
		return contender.isCompiledWhileItRuns() ? start.plus(pace.firstWarmUp()) : start;
	}

	@Override
	public void run(Round round) {
		if (!CommandPath.has("taskset")) {
			round.skipped(name(), "needs taskset");
			return;
		}
		for (Contender contender : round.turns(contenders())) {
			round.attempt(contender.name(), name(), () -> {
				try (Session session = contender.start(round.workspace().onOneCore())) {
					if (contender.isCompiledWhileItRuns()) {
						session.run(round.pace().firstWarmUp(Load.ofCallers(64, 1)));
					}
					Load load = round.pace().of(Load.ofCallers(64, 1), Effort.GOAL, contender);
					round.add(Row.of(round.number(), contender.name(), name(), load, session.run(load)));
				}
			});
		}
	}

}
