package io.github.udsboot.stress;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The stress run for as long as one wants, by the Maven profile {@code stress}; no part
 * of the build.
 */
class LongStress {

	@Test
	void everyCallHasOneOutcomeAndNothingIsLeftBehind() {
		assertThat(StressMain.run()).isEmpty();
	}

}
