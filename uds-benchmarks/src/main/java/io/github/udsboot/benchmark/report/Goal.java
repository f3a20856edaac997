package io.github.udsboot.benchmark.report;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.benchmark.report.Requirement.Verdict;

/**
 * A goal of the project.
 *
 * @param title the title
 * @param requirements what must be
 * @param obstacle why it cannot be measured yet, {@code null} if it can
 */
record Goal(String title, List<Requirement> requirements, @Nullable String obstacle) {

	Goal(String title, List<Requirement> requirements) {
		this(title, requirements, null);
	}

	Goal {
		requirements = List.copyOf(requirements);
	}

	/**
	 * Return a goal that nobody is held to yet.
	 * @param title the title
	 * @param obstacle why it cannot be measured yet
	 * @return the goal
	 */
	static Goal later(String title, String obstacle) {
		return new Goal(title, List.of(), obstacle);
	}

	/**
	 * Return whether the goal is reached, or skipped, and a line with the figures.
	 * @param results the results
	 * @return the verdict
	 */
	Verdict check(Results results) {
		if (this.obstacle != null) {
			return new Verdict(true, "SKIP  " + this.title + ": " + this.obstacle);
		}
		List<Verdict> verdicts = this.requirements.stream().map((requirement) -> requirement.check(results)).toList();
		boolean met = verdicts.stream().allMatch(Verdict::met);
		String figures = verdicts.stream().map(Verdict::text).collect(Collectors.joining("; "));
		return new Verdict(met, (met ? "PASS  " : "FAIL  ") + this.title + ": " + figures);
	}

}
