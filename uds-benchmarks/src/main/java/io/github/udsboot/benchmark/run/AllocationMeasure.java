package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.List;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.contender.JavaSession;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.load.LoadResult;
import io.github.udsboot.benchmark.report.MeasureNames;
import io.github.udsboot.benchmark.report.Row;

/**
 * What server and client allocate for each call, beyond the payload.
 */
final class AllocationMeasure implements Measure {

	@Override
	public String name() {
		return "allocation";
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
		return pace.estimate(Effort.GOAL, contenders.get(0));
	}

	@Override
	public void run(Round round) {
		for (Contender contender : round.turns(contenders())) {
			round.attempt(contender.name(), name(), () -> measure(round, contender));
		}
	}

	private static void measure(Round round, Contender contender) {
		JavaSession session = round.javaSession(contender);
		Load load = round.pace().of(Load.ofCallers(64, 1), Effort.GOAL, contender);
		long before = session.serverAllocatedBytes();
		LoadResult result = session.run(load);
		long after = session.serverAllocatedBytes();
		// Each side has the payload twice: as a request, and as an answer
		double payload = 2.0 * load.payload();
		add(round, contender, MeasureNames.ALLOCATION_SERVER,
				(double) (after - before) / result.totalCalls() - payload);
		add(round, contender, MeasureNames.ALLOCATION_CLIENT,
				(double) result.allocatedBytes() / result.calls() - payload);
	}

	private static void add(Round round, Contender contender, String measure, double bytes) {
		round.add(Row.of(round.number(), contender.name(), measure, bytes, "B"));
	}

}
