package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.List;

import io.github.udsboot.benchmark.contender.Contender;

/**
 * Something that is measured, in all rounds or some.
 */
interface Measure {

	/** The name that selects it on the command line. */
	String name();

	/** Whether it is part of a quick run. */
	boolean isQuick();

	/** Whether it is measured in a round, the first of which is 1. */
	default boolean isDue(int round) {
		return true;
	}

	/** The names of those that are measured. */
	List<String> contenders();

	/** Whether they are the processes that live through a round. */
	default boolean usesSessions() {
		return true;
	}

	/**
	 * How long it takes in a round, about.
	 * @param contenders those of {@link #contenders()} that take part
	 */
	Duration estimate(Pace pace, List<Contender> contenders);

	void run(Round round);

}
