package io.github.udsboot.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A short pass of the stress run, a round of each kind; {@link LongStress} goes on for as
 * long as one wants.
 */
class StressTests {

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	@Timeout(600)
	void everyCallHasOneOutcomeAndNothingIsLeftBehind(TransportType transport) {
		long seed = Long.getLong("stress.seed", 12);
		List<String> lines = new ArrayList<>();
		StressRun run = new StressRun(seed, Duration.ZERO, Duration.ofMillis(300), List.of(transport), lines::add)
			.atLeast(RoundPlan.kinds());
		assertThat(run.run()).as("faults of the run that began with %s", lines.get(0)).isEmpty();
	}

}
