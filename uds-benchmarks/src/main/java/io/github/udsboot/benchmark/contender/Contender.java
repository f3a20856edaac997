package io.github.udsboot.benchmark.contender;

import java.util.Optional;

/**
 * What takes part in a run.
 */
public interface Contender {

	/**
	 * Return the name on the command line and in the CSV file.
	 * @return the name
	 */
	String name();

	/**
	 * Return the name in tables and plots.
	 * @return the title
	 */
	String title();

	/**
	 * Return how it is configured, for the report.
	 * @return a sentence or two
	 */
	String configuration();

	/**
	 * Return what it lacks on this machine.
	 * @param workspace the workspace
	 * @return what is missing, empty if it can take part
	 */
	Optional<String> lacks(Workspace workspace);

	/**
	 * Return whether it becomes fast only after many calls.
	 * @return {@code true} for what runs on a JVM
	 */
	boolean isCompiledWhileItRuns();

	/**
	 * Start the processes.
	 * @param workspace the workspace
	 * @return the session
	 */
	Session start(Workspace workspace);

}
