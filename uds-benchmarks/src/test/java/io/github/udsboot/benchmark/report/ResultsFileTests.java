package io.github.udsboot.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link ResultsFile} and {@link Results}.
 */
class ResultsFileTests {

	private static final Environment ENVIRONMENT = new Environment("2026-01-02", "abc1234, changed", "2 x \"Chip\"",
			"Linux 6", "Vendor 25");

	@TempDir
	private Path directory;

	@Test
	void resultsAreReadAsTheyWereWritten() throws IOException {
		Path file = this.directory.resolve("results.csv");
		ResultsFile results = new ResultsFile(file, ENVIRONMENT);
		Row load = row(1, "uds", 1000.5);
		Row figure = Row.of(1, "uds", MeasureNames.IDLE_MEMORY, 1.25, "KB").with(10_000);
		Row stream = new Row(1, "uds", MeasureNames.UPLOAD, 64, 1, 100, 2000.5, List.of(), 0.52, 0, "");
		results.add(load);
		results.add(figure);
		results.add(stream);
		Results read = ResultsFile.read(file);
		assertThat(read.rows()).containsExactly(load, figure, stream);
		assertThat(read.environment()).isEqualTo(ENVIRONMENT);
	}

	@Test
	void figuresAreMediansOverTheRounds() {
		Results results = new Results(ENVIRONMENT,
				List.of(row(1, "uds", 300), row(2, "uds", 100), row(3, "uds", 200), row(1, "c", 10), row(2, "c", 20)));
		assertThat(results.rate("uds", "sequential")).hasValue(200);
		assertThat(results.rate("c", "sequential")).hasValue(15);
		assertThat(results.rate("grpc", "sequential")).isEmpty();
		assertThat(results.micros("uds", "sequential", 99)).hasValue(5);
		assertThat(results.cpuMicros("uds", "sequential")).hasValue(33.5);
		assertThat(results.cpuMicros("grpc", "sequential")).isEmpty();
		assertThat(results.rounds("c", "sequential")).isEqualTo(2);
		assertThat(results.rounds()).isEqualTo(3);
	}

	@Test
	void otherFileIsRefused() throws IOException {
		Path file = Files.writeString(this.directory.resolve("other.csv"), "a,b\n1,2\n");
		assertThatIOException().isThrownBy(() -> ResultsFile.read(file)).withMessageContaining("first line");
	}

	@Test
	void fileWithoutResultsIsRefused() {
		Path file = this.directory.resolve("results.csv");
		new ResultsFile(file, ENVIRONMENT);
		assertThatIOException().isThrownBy(() -> ResultsFile.read(file)).withMessageContaining("no result");
	}

	static Row row(int round, String contender, double rate) {
		return new Row(round, contender, "sequential", 64, 1, 100, rate,
				List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0), 33.5, 0, "");
	}

}
