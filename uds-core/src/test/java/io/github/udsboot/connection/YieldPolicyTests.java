package io.github.udsboot.connection;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class YieldPolicyTests {

	private static final long LONG = 1_000_000;

	private long now;

	private long duration;

	private final YieldPolicy policy = new YieldPolicy(Duration.ofNanos(1), this::time);

	@Test
	void yieldsAsLongAsOthersAreQuick() {
		this.duration = LONG - 1;
		for (int i = 0; i < 100; i++) {
			assertThat(this.policy.tryYield()).isTrue();
		}
	}

	@Test
	void leavesOutMoreOccasionsEachTimeOthersKeepTheProcessorUpToALimit() {
		this.duration = LONG;
		for (int expected : new int[] { 1, 3, 7, 15, 31, 63, 127, 255, 255 }) {
			assertThat(this.policy.tryYield()).isTrue();
			assertThat(leftOut()).isEqualTo(expected);
		}
	}

	@Test
	void quickOnesHalveWhatTheNextLongOneCosts() {
		this.duration = LONG;
		for (int i = 0; i < 4; i++) {
			assertThat(this.policy.tryYield()).isTrue();
			leftOut();
		}
		this.duration = 0;
		assertThat(this.policy.tryYield()).isTrue();
		assertThat(this.policy.tryYield()).isTrue();
		this.duration = LONG;
		assertThat(this.policy.tryYield()).isTrue();
		assertThat(leftOut()).as("15, 7, 3, then one more").isEqualTo(7);
	}

	@Test
	void neverYieldsWherePollingIsOff() {
		assertThat(new YieldPolicy(Duration.ZERO).tryYield()).isFalse();
	}

	@Test
	void isOnByDefaultWhereThereAreTwoProcessors() {
		assertThat(new YieldPolicy(null).tryYield()).isEqualTo(Runtime.getRuntime().availableProcessors() > 1);
	}

	/** Read before and after each yield. */
	private long time() {
		this.now += this.duration;
		return this.now;
	}

	/** Ends with an occasion that would be taken, which is not. */
	private int leftOut() {
		int count = 0;
		while (this.policy.isSkipping()) {
			assertThat(this.policy.tryYield()).isFalse();
			count++;
		}
		return count;
	}

}
