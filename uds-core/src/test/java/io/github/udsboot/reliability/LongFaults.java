package io.github.udsboot.reliability;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every fault a hundred times, by the Maven profile {@code faults}; no part of the build.
 */
class LongFaults {

	@Test
	void everyFaultIsSurvivedEachTime() {
		assertThat(FaultRun.run()).isEmpty();
	}

}
