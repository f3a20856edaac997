package io.github.udsboot.benchmark.run;

import java.util.List;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.report.Row;

/**
 * A load that each of some contenders bears in its turn.
 */
record LoadMeasure(String name, boolean isQuick, Load load, List<String> contenders) implements Measure {

	private static final int VIRTUAL_THREADS = 21;

	@Override
	public void run(Round round) {
		if (this.load.virtual() && Runtime.version().feature() < VIRTUAL_THREADS) {
			round.skipped(this.name, "needs JDK " + VIRTUAL_THREADS);
			return;
		}
		Load load = round.pace().of(this.load);
		for (Contender contender : round.turns(this.contenders)) {
			round.attempt(contender.name(), this.name, () -> round
				.add(Row.of(round.number(), contender.name(), this.name, load, round.session(contender).run(load))));
		}
	}

}
