package io.github.udsboot.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Report}.
 */
class ReportTests {

	@TempDir
	private Path directory;

	@Test
	void reportHasTheFiguresTheGoalsAndHowEverybodyIsConfigured() throws IOException {
		Results results = new Results(new Environment("2026-01-02", "abc", "2 x Chip", "Linux 6", "Vendor 25"),
				List.of(ResultsFileTests.row(1, Contenders.UDS, 150_000), ResultsFileTests.row(1, Contenders.C, 50_000),
						stream(Contenders.UDS, 3_000_000), stream(Contenders.GRPC, 300_000),
						Row.of(1, Contenders.UDS, MeasureNames.START_UP, 80, "ms")));
		Report.write(results, List.of("Go raw net was skipped: it needs go"), this.directory);
		String report = Files.readString(this.directory.resolve("README.md"));
		assertThat(report).contains("| ours | 150,000 | 3.00 | 1.0 | 5.0 | 6.0 | 33.5 | 1 |", "| C | 50,000 | 1.00 |",
				"| start-up | uds | 80.0 ms |", "### upload", "| ours | 3,000,000 | 10.00 | 0.52 | 1 |",
				"| Boot gRPC | 300,000 | 1.00 | 0.52 | 1 |", "(latency-sequential.svg)", "| commit | abc |",
				"Go raw net was skipped", "64 B, one caller, one call after the other.",
				"PASS  start-up the starter adds");
		assertThat(report).contains(Contenders.all().stream().map(Contender::configuration).toList());
		assertThat(this.directory.resolve("latency-sequential.svg")).isNotEmptyFile();
		assertThat(this.directory.resolve("check.txt")).content().contains("PASS  ", "FAIL  ");
	}

	private static Row stream(String contender, double rate) {
		return new Row(1, contender, MeasureNames.UPLOAD, 64, 1, 100, rate, List.of(), 0.52, 0, "");
	}

}
