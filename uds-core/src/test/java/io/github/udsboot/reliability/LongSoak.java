package io.github.udsboot.reliability;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An hour below the peak, a thousand kills and fifty rolling restarts, by the Maven
 * profile {@code soak}; no part of the build.
 */
class LongSoak {

	@Test
	void noCallIsLostDoubledOrMisrouted() {
		assertThat(SoakRun.run()).isEmpty();
	}

}
