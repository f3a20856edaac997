package io.github.udsboot.benchmark.run;

/**
 * How often and how long a load is measured, by what its figures are for.
 */
enum Effort {

	/** A goal rests on it: in every round, with a full warm-up, and in a quick run. */
	GOAL(true, true, true),

	/** It stands beside a goal in tables and plots: as exact, but not in a quick run. */
	TABLE(false, true, true),

	/** It is there to be known: as exact, in the first round only. */
	ASIDE(false, false, true),

	/**
	 * A point of a plot: in the first round, where the code has been compiled for loads
	 * like it.
	 */
	PLOT(false, false, false);

	private final boolean quick;

	private final boolean everyRound;

	private final boolean full;

	Effort(boolean quick, boolean everyRound, boolean full) {
		this.quick = quick;
		this.everyRound = everyRound;
		this.full = full;
	}

	boolean isQuick() {
		return this.quick;
	}

	boolean isDue(int round) {
		return this.everyRound || round == 1;
	}

	/** Whether warm-up and measure have their full time. */
	boolean isFull() {
		return this.full;
	}

}
