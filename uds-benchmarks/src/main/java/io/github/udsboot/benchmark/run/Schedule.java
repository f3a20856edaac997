package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.github.udsboot.benchmark.contender.Contender;

/**
 * What is measured of whom in a run.
 *
 * @param rounds how many rounds there are
 * @param pace how long things take
 * @param measures the measures, in the order of each round
 * @param contenders those that take part
 */
record Schedule(int rounds, Pace pace, List<Measure> measures, List<Contender> contenders) {

	Schedule {
		measures = List.copyOf(measures);
		contenders = List.copyOf(contenders);
	}

	/** The measures of a round; later rounds may have fewer. */
	List<Measure> due(int round) {
		return this.measures.stream()
			.filter((measure) -> measure.isDue(round) && !contendersOf(measure).isEmpty())
			.toList();
	}

	/** How long the run takes, about. */
	Duration estimate() {
		Duration sum = Duration.ZERO;
		for (int round = 1; round <= this.rounds; round++) {
			Set<Contender> sessions = new LinkedHashSet<>();
			for (Measure measure : due(round)) {
				List<Contender> taking = contendersOf(measure);
				sum = sum.plus(measure.estimate(this.pace, taking));
				if (measure.usesSessions()) {
					sessions.addAll(taking);
				}
			}
			for (Contender contender : sessions) {
				sum = sum.plus(start(contender));
			}
		}
		return sum;
	}

	private Duration start(Contender contender) {
		Duration start = Estimates.session(contender);
		return contender.isCompiledWhileItRuns() ? start.plus(this.pace.firstWarmUp()).plus(Estimates.client(contender))
				: start;
	}

	private List<Contender> contendersOf(Measure measure) {
		return this.contenders.stream().filter((contender) -> measure.contenders().contains(contender.name())).toList();
	}

}
