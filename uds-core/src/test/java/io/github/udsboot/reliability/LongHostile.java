package io.github.udsboot.reliability;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A small server under each attack, by the Maven profile {@code hostile}; no part of the
 * build.
 */
class LongHostile {

	@Test
	void everyAttackIsSurvivedAndForgotten() {
		assertThat(HostileRun.run()).isEmpty();
	}

}
