package io.github.udsboot.benchmark.run;

/**
 * Something that is measured in each round.
 */
interface Measure {

	/** The name that selects it on the command line. */
	String name();

	/** Whether it is part of a quick run. */
	boolean isQuick();

	void run(Round round);

}
