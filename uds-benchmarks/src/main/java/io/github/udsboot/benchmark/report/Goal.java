package io.github.udsboot.benchmark.report;

import java.util.List;
import java.util.stream.Collectors;

import io.github.udsboot.benchmark.report.Requirement.Verdict;

/**
 * A goal of the project.
 *
 * @param title the title
 * @param requirements what must be
 */
record Goal(String title, List<Requirement> requirements) {

	Goal {
		requirements = List.copyOf(requirements);
	}

	/**
	 * Return whether the goal is reached, and a line with the figures.
	 * @param results the results
	 * @return the verdict
	 */
	Verdict check(Results results) {
		List<Verdict> verdicts = this.requirements.stream().map((requirement) -> requirement.check(results)).toList();
		boolean met = verdicts.stream().allMatch(Verdict::met);
		String figures = verdicts.stream().map(Verdict::text).collect(Collectors.joining("; "));
		return new Verdict(met, (met ? "PASS  " : "FAIL  ") + this.title + ": " + figures);
	}

}
