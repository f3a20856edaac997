package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.List;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.contender.JavaSession;
import io.github.udsboot.benchmark.report.MeasureNames;
import io.github.udsboot.benchmark.report.Row;

/**
 * What a server and a client that are connected and do nothing take of a processor.
 */
final class IdlePairMeasure implements Measure {

	@Override
	public String name() {
		return MeasureNames.IDLE_PAIR;
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
	public Duration estimate(Pace pace, List<Contender> contenders) {
		return pace.idle().plus(CpuWatch.SETTLING).plus(Estimates.client(contenders.get(0)));
	}

	@Override
	public void run(Round round) {
		if (!ProcessFigures.areAvailable()) {
			round.skipped(name(), "needs /proc");
			return;
		}
		for (Contender contender : round.turns(contenders())) {
			round.attempt(contender.name(), name(), () -> {
				JavaSession session = round.javaSession(contender);
				session.hold();
				double percent = CpuWatch.percent(round.pace().idle(), session.serverPid(), session.clientPid());
				session.release();
				round.add(Row.of(round.number(), contender.name(), name(), percent, "%"));
			});
		}
	}

}
