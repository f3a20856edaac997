package io.github.udsboot.connection;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BusyPollTests {

	private static final long BUDGET = 20_000;

	private final BusyPoll poll = new BusyPoll(Duration.ofNanos(BUDGET));

	@Test
	void pollsAtFirst() {
		assertThat(this.poll.budgetNanos(0)).isEqualTo(BUDGET);
		assertThat(this.poll.budgetNanos(1)).isEqualTo(BUDGET);
		assertThat(this.poll.budgetNanos(2)).isEqualTo(BUDGET);
	}

	@Test
	void neverPollsWhenMoreThanTwoCallsAreUnderWay() {
		assertThat(this.poll.budgetNanos(3)).isZero();
		assertThat(this.poll.budgetNanos(256)).isZero();
		assertThat(this.poll.budgetNanos(2)).isEqualTo(BUDGET);
	}

	@Test
	void skipsMoreWaitsAfterEachMissUpToALimit() {
		for (int expected : new int[] { 1, 3, 7, 15, 31, 63, 127, 255, 255, 255 }) {
			this.poll.miss();
			assertThat(skips()).isEqualTo(expected);
		}
	}

	@Test
	void aCrowdUsesUpNoSkips() {
		this.poll.miss();
		this.poll.miss();
		assertThat(this.poll.budgetNanos(3)).isZero();
		assertThat(skips()).isEqualTo(3);
	}

	@Test
	void hitsHalveWhatTheNextMissCosts() {
		for (int i = 0; i < 5; i++) {
			this.poll.miss();
			skips();
		}
		this.poll.hit();
		this.poll.miss();
		assertThat(skips()).as("31 halved, doubled and one").isEqualTo(31);
		for (int i = 0; i < 5; i++) {
			this.poll.hit();
		}
		this.poll.miss();
		assertThat(skips()).as("as if it were the first").isEqualTo(1);
	}

	@Test
	void neverPollsWithABudgetOfZero() {
		BusyPoll never = new BusyPoll(Duration.ZERO);
		assertThat(never.budgetNanos(0)).isZero();
		never.hit();
		assertThat(never.budgetNanos(1)).isZero();
	}

	@Test
	void pollsByDefaultWhereThereAreTwoProcessors() {
		long expected = (Runtime.getRuntime().availableProcessors() > 1) ? BusyPoll.DEFAULT_BUDGET.toNanos() : 0;
		assertThat(new BusyPoll(null).budgetNanos(0)).isEqualTo(expected);
	}

	/** Return how many waits pass without polling until one polls again. */
	private int skips() {
		int skips = 0;
		while (this.poll.budgetNanos(1) == 0) {
			skips++;
		}
		return skips;
	}

}
