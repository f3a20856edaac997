package io.github.udsboot.benchmark.report;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/benchmarks} says is what its figures say.
 */
class PublishedResultsTests {

	private static final Path PUBLISHED = Path.of("../docs/benchmarks");

	@Test
	void theVerdictsFollowFromTheFigures() throws Exception {
		Goals.Check check = Goals.check(ResultsFile.read(PUBLISHED.resolve("results.csv")));
		assertThat(Files.readAllLines(PUBLISHED.resolve("check.txt"))).containsExactlyElementsOf(check.lines());
		assertThat(Files.readString(PUBLISHED.resolve("README.md"))).contains(check.lines());
	}

}
