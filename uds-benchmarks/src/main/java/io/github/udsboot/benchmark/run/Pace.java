package io.github.udsboot.benchmark.run;

import java.time.Duration;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.load.Load;

/**
 * How long things take in a run.
 *
 * @param firstWarmUp the warm-up of new processes that are compiled while they run
 * @param warmUp their warm-up before each measure
 * @param time the time of each measure
 * @param plotWarmUp their warm-up before a measure that is for plots only
 * @param plotTime the time of such a measure
 * @param idle for how long idle processes are watched
 * @param starts how many times an application is started for one figure
 */
record Pace(Duration firstWarmUp, Duration warmUp, Duration time, Duration plotWarmUp, Duration plotTime, Duration idle,
		int starts) {

	/** What a JVM reaches with 32 callers doubles between 1.5 and 4 seconds. */
	private static final Duration WARM = Duration.ofSeconds(4);

	/** For what was compiled before. */
	private static final Duration COMPILED = Duration.ofMillis(500);

	static final Pace FULL = new Pace(Duration.ofSeconds(4), WARM, Duration.ofMillis(2500), Duration.ofMillis(1500),
			Duration.ofMillis(1500), Duration.ofSeconds(20), 5);

	static final Pace QUICK = new Pace(Duration.ofSeconds(2), WARM, Duration.ofSeconds(1), Duration.ofMillis(1500),
			Duration.ofSeconds(1), Duration.ofSeconds(10), 3);

	Load firstWarmUp(Load load) {
		return load.lasting(Duration.ZERO, this.firstWarmUp);
	}

	Load of(Load load, Effort effort, Contender contender) {
		Duration compiling = effort.isFull() ? this.warmUp : this.plotWarmUp;
		return load.lasting(contender.isCompiledWhileItRuns() ? compiling : COMPILED,
				effort.isFull() ? this.time : this.plotTime);
	}

	/** How long that takes, about, with the start of the client. */
	Duration estimate(Effort effort, Contender contender) {
		Load load = of(Load.ofCallers(1, 1), effort, contender);
		return load.warmUp().plus(load.time()).plus(Estimates.client(contender));
	}

}
