package io.github.udsboot.listener.rpc;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PingLimitTests {

	private static final long SECOND = 1_000_000_000;

	private final PingLimit limit = new PingLimit();

	@Test
	void readsOnWhileThereAreFewInASecond() {
		for (int second = 0; second < 5; second++) {
			for (int i = 1; i < PingLimit.PINGS; i++) {
				assertThat(this.limit.count(second * SECOND + i)).isZero();
			}
		}
	}

	@Test
	void waitsForTheRestOfTheSecondAndBeginsAnew() {
		long start = Long.MAX_VALUE - SECOND / 2;
		for (int i = 1; i < PingLimit.PINGS; i++) {
			assertThat(this.limit.count(start)).isZero();
		}
		long overflowed = start + SECOND * 3 / 4;
		assertThat(this.limit.count(overflowed)).isEqualTo(SECOND / 4);
		assertThat(this.limit.count(overflowed + 1)).isEqualTo(SECOND / 4 - 1);
		assertThat(this.limit.count(start + SECOND)).isZero();
		assertThat(this.limit.count(start + SECOND)).isZero();
	}

}
