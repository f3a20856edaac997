package io.github.udsboot.benchmark.run;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.github.udsboot.benchmark.contender.Contender;
import io.github.udsboot.benchmark.contender.Contenders;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.report.MeasureNames;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Schedule}, {@link Pace} and {@link Effort}.
 */
class ScheduleTests {

	@Test
	void fullRunFitsIntoItsTime() {
		assertThat(schedule(Pace.FULL).estimate()).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(24));
	}

	@Test
	void quickRunLeavesTimeForTheBuild() {
		assertThat(schedule(Pace.QUICK).estimate()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(4));
	}

	@Test
	void pointsOfPlotsAreMeasuredOnce() {
		Schedule schedule = schedule(Pace.FULL);
		assertThat(names(schedule, 1)).contains("sequential", "callers-256", "connections-64");
		assertThat(names(schedule, 2))
			.contains("sequential", "callers-32", "virtual-callers-32", "payload-65536", "payload-1048576",
					"in-flight-256", "slow-calls")
			.doesNotContain("callers-256", "connections-64");
		assertThat(names(schedule, 3)).isEqualTo(names(schedule, 2));
	}

	@Test
	void loadOfAGoalWarmsUpAJvmAtBothPaces() {
		Load load = Load.ofCallers(64, 32);
		Contender ours = Contenders.named(Contenders.UDS);
		for (Pace pace : List.of(Pace.FULL, Pace.QUICK)) {
			assertThat(pace.of(load, Effort.GOAL, ours).warmUp()).isGreaterThanOrEqualTo(Duration.ofSeconds(4));
			assertThat(pace.of(load, Effort.GOAL, Contenders.named(Contenders.C)).warmUp())
				.isLessThan(Duration.ofSeconds(1));
		}
		assertThat(Pace.FULL.of(load, Effort.PLOT, ours).time())
			.isLessThan(Pace.FULL.of(load, Effort.GOAL, ours).time());
	}

	@Test
	void everybodyIsMeasuredOnceInARoundByEachMeasure() {
		assertThat(measures(Pace.FULL).filter((measure) -> measure.isDue(1))
			.flatMap((measure) -> measure.contenders().stream().map((contender) -> measure.name() + " " + contender)))
			.doesNotHaveDuplicates();
	}

	@Test
	void measureOfOthersIsNotDue() {
		Schedule schedule = new Schedule(1, Pace.FULL, measures(Pace.FULL).toList(),
				List.of(Contenders.named(Contenders.GO_RPC)));
		assertThat(names(schedule, 1)).containsOnly(MeasureNames.SEQUENTIAL, MeasureNames.callers(32));
	}

	private static List<String> names(Schedule schedule, int round) {
		return schedule.due(round).stream().map(Measure::name).toList();
	}

	private static Schedule schedule(Pace pace) {
		return new Schedule((pace == Pace.QUICK) ? 1 : 3, pace, measures(pace).toList(), Contenders.all());
	}

	private static Stream<Measure> measures(Pace pace) {
		return Measures.all("").stream().filter((measure) -> pace == Pace.FULL || measure.isQuick());
	}

}
