package io.github.udsboot.benchmark.report;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.report.Goals.Check;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Goals}.
 */
class GoalsTests {

	private static final Environment ENVIRONMENT = new Environment("", "", "", "", "");

	private final List<Row> rows = new ArrayList<>();

	@Test
	void goalIsReachedWhenAllItsRequirementsAreMet() {
		load(Contenders.UDS, MeasureNames.SEQUENTIAL, 100_000, 8);
		load(Contenders.C, MeasureNames.SEQUENTIAL, 25_000, 40);
		load(Contenders.GRPC, MeasureNames.SEQUENTIAL, 5_000, 180);
		load(Contenders.RSOCKET, MeasureNames.SEQUENTIAL, 9_000, 80);
		load(Contenders.C_POLL, MeasureNames.SEQUENTIAL, 200_000, 4);
		assertThat(line("64 B sequential:"))
			.isEqualTo("PASS  64 B sequential: ours 100,000/s ≥ 3 × C 25,000/s (4.00 ×); "
					+ "ours 100,000/s ≥ 10 × Boot gRPC 5,000/s (20.00 ×); "
					+ "ours 100,000/s ≥ 8 × RSocket 9,000/s (11.11 ×); ours p50 8 µs ≤ 3 × polling C p50 4 µs (2.00 ×)");
	}

	@Test
	void oneRequirementThatIsNotMetMissesTheGoal() {
		load(Contenders.UDS, MeasureNames.callers(32), 100_000, 300);
		load(Contenders.C, MeasureNames.callers(32), 100_000, 100);
		load(Contenders.GRPC, MeasureNames.callers(32), 15_000, 1000);
		load(Contenders.GO_RPC, MeasureNames.callers(32), 50_000, 500);
		assertThat(line("64 B, 32 callers:")).startsWith("FAIL  ")
			.contains("ours 100,000/s ≥ 0.75 × C 100,000/s (1.00 ×);")
			.endsWith("ours p99 300 µs > 2 × C p99 100 µs (3.00 ×)");
	}

	@Test
	void figureThatIsMissingMissesTheGoal() {
		load(Contenders.UDS, MeasureNames.SEQUENTIAL, 100_000, 8);
		assertThat(line("64 B sequential beside Go raw:")).startsWith("FAIL  ").endsWith("not measured: Go raw");
	}

	@Test
	void streamHasALimitAndIsHeldAgainstCallsInFlight() {
		load(Contenders.UDS, MeasureNames.SERVER_STREAM, 1_500_000, 0);
		load(Contenders.C, MeasureNames.IN_FLIGHT, 7_000_000, 30);
		assertThat(line("server stream of 64 B items:")).startsWith("PASS  ")
			.contains("ours 1,500,000/s ≥ 1,000,000/s (1.50 ×)", "≥ 0.2 × C, calls in flight 7,000,000/s (0.21 ×)");
		load(Contenders.C, MeasureNames.IN_FLIGHT, 11_000_000, 30);
		assertThat(line("server stream of 64 B items:")).startsWith("FAIL  ").contains("0.17 ×");
	}

	@Test
	void whatMerelyWasNotMeasuredFailsTheCheck() {
		assertThat(Goals.check(results()).passed()).isFalse();
		assertThat(Goals.check(results()).lines()).isNotEmpty()
			.allMatch((line) -> line.startsWith("FAIL  ") && line.contains("not measured"));
	}

	@Test
	void whatIsNoLoadHasALimit() {
		this.rows.add(Row.of(1, Contenders.UDS, MeasureNames.IDLE_PAIR, 0.04, "%"));
		assertThat(line("CPU of an idle")).startsWith("PASS  ").contains("CPU 0.040 % ≤ 0.050 %");
		this.rows.add(Row.of(2, Contenders.UDS, MeasureNames.IDLE_PAIR, 0.07, "%"));
		assertThat(line("CPU of an idle")).startsWith("FAIL  ");
	}

	@Test
	void singleFiguresAreHeldAgainstTheirLimits() {
		this.rows.add(Row.of(1, Contenders.UDS, MeasureNames.START_UP, 80, "ms"));
		this.rows.add(Row.of(1, Contenders.UDS, MeasureNames.ALLOCATION_SERVER, 500, "B"));
		this.rows.add(Row.of(1, Contenders.UDS, MeasureNames.ALLOCATION_CLIENT, 1025, "B"));
		assertThat(line("start-up")).startsWith("PASS  ").contains("added 80 ms ≤ 100 ms");
		assertThat(line("allocation")).startsWith("FAIL  ").contains("client 1,025 B > 1,024 B (1.00 ×)");
	}

	@Test
	void unixSocketMustBeAheadAtEverySize() {
		for (String measure : MeasureNames.sizes()) {
			load(Contenders.UDS, measure, 200, 1);
			load(Contenders.UDS_TCP, measure, 100, 1);
		}
		assertThat(line("over loopback TCP")).startsWith("PASS  ");
		load(Contenders.UDS_TCP, MeasureNames.payload(8192), 1000, 1);
		load(Contenders.UDS_TCP, MeasureNames.payload(8192), 1000, 1);
		assertThat(line("over loopback TCP")).startsWith("FAIL  ").contains("payload-8192 200/s < TCP 1,000/s");
	}

	private String line(String title) {
		Check check = Goals.check(results());
		return check.lines().stream().filter((line) -> line.substring(6).startsWith(title)).findFirst().orElseThrow();
	}

	private Results results() {
		return new Results(ENVIRONMENT, this.rows);
	}

	private void load(String contender, String measure, double rate, double micros) {
		this.rows.add(new Row(1, contender, measure, 64, 1, 1, rate,
				List.of(micros, micros, micros, micros, micros, micros, micros, micros), 0, 0, ""));
	}

}
