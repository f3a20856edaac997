package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.List;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.report.Row;

/**
 * A load that each of some contenders bears in its turn.
 */
record LoadMeasure(String name, Load load, Effort effort, List<String> contenders) implements Measure {

	private static final int VIRTUAL_THREADS = 21;

	@Override
	public boolean isQuick() {
		return this.effort.isQuick();
	}

	@Override
	public boolean isDue(int round) {
		return this.effort.isDue(round);
	}

	@Override
	public Duration estimate(Pace pace, List<Contender> contenders) {
		return contenders.stream()
			.map((contender) -> pace.estimate(this.effort, contender))
			.reduce(Duration.ZERO, Duration::plus);
	}

	@Override
	public void run(Round round) {
		if (this.load.virtual() && Runtime.version().feature() < VIRTUAL_THREADS) {
			round.skipped(this.name, "needs JDK " + VIRTUAL_THREADS);
			return;
		}
		for (Contender contender : round.turns(this.contenders)) {
			round.attempt(contender.name(), this.name, () -> {
				Load load = round.pace().of(this.load, this.effort, contender);
				round
					.add(Row.of(round.number(), contender.name(), this.name, load, round.session(contender).run(load)));
			});
		}
	}

}
