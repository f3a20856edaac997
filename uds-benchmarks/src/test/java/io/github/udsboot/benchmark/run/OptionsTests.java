package io.github.udsboot.benchmark.run;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.udsboot.benchmark.report.MeasureNames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Options} and {@link Measures}.
 */
class OptionsTests {

	@Test
	void quickRunHasOneRoundAndFewMeasures() {
		Options options = Options.parse("--quick");
		assertThat(options.rounds()).isEqualTo(1);
		assertThat(names(options)).contains("sequential", "callers-32", "payload-65536", "start-up")
			.doesNotContain("callers-256", "connections-8");
	}

	@Test
	void fullRunHasAllMeasures() {
		Options options = Options.parse();
		assertThat(options.rounds()).isEqualTo(3);
		assertThat(names(options)).hasSameSizeAs(Measures.all("")).contains("callers-256", "connections-64");
	}

	@Test
	void quickRunMeasuresWhatTheGoalOfTcpNeeds() {
		assertThat(names(Options.parse("--quick"))).containsAll(MeasureNames.sizes());
	}

	@Test
	void measuresAreChosenByTheBeginningsOfTheirNames() {
		assertThat(names(Options.parse("--quick", "--measures", "connections,sequential"))).containsExactly(
				"sequential", "sequential", "connections-1", "connections-2", "connections-4", "connections-8",
				"connections-16", "connections-32", "connections-64");
	}

	@Test
	void valuesAreTaken() {
		Options options = Options.parse("--contenders", "uds,c", "--rounds", "7", "--check");
		assertThat(options.contenders()).containsExactly("uds", "c");
		assertThat(options.rounds()).isEqualTo(7);
		assertThat(options.isCheck()).isTrue();
	}

	@Test
	void mistakesAreExplained() {
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("--fast")).withMessageContaining("--fast");
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("--rounds"))
			.withMessageContaining("wants a value");
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("--rounds", "0").rounds())
			.withMessageContaining("at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse().output())
			.withMessageContaining("--output");
	}

	private static List<String> names(Options options) {
		return Measures.all("").stream().filter(options::wants).map(Measure::name).toList();
	}

}
