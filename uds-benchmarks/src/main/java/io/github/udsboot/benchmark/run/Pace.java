package io.github.udsboot.benchmark.run;

import java.time.Duration;

import io.github.udsboot.benchmark.load.Load;

/**
 * How long things take in a run.
 *
 * @param firstWarmUp the warm-up of new processes
 * @param warmUp the warm-up before each measure
 * @param time the time of each measure
 * @param idle for how long idle processes are watched
 * @param starts how many times an application is started for one figure
 */
record Pace(Duration firstWarmUp, Duration warmUp, Duration time, Duration idle, int starts) {

	static final Pace FULL = new Pace(Duration.ofSeconds(5), Duration.ofMillis(1500), Duration.ofMillis(2500),
			Duration.ofSeconds(20), 5);

	static final Pace QUICK = new Pace(Duration.ofMillis(1500), Duration.ofMillis(600), Duration.ofMillis(500),
			Duration.ofSeconds(4), 3);

	Load firstWarmUp(Load load) {
		return load.lasting(this.firstWarmUp, this.warmUp);
	}

	Load of(Load load) {
		return load.lasting(this.warmUp, this.time);
	}

}
