package io.github.udsboot.listener.dispatch;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InlineHistory}.
 */
class InlineHistoryTests {

	private static final long MILLI = 1_000_000L;

	private final InlineHistory history = new InlineHistory();

	@Test
	void aHandlerThatNeverLastedRunsOnTheLoop() {
		this.history.returned(0, MILLI - 1);
		assertThat(this.history.prefersPool(0)).isFalse();
	}

	@Test
	void aHandlerThatLastedRunsOnThePoolForAWhile() {
		this.history.lasted(0);
		assertThat(this.history.prefersPool(99 * MILLI)).isTrue();
		assertThat(this.history.prefersPool(100 * MILLI)).isFalse();
	}

	@Test
	void aHandlerThatLastsRunsOnThePoolBeforeItReturnsAndForAWhileAfterThat() {
		this.history.lasted(0);
		assertThat(this.history.prefersPool(1)).isTrue();
		this.history.returned(false, 0, 5000 * MILLI);
		assertThat(this.history.prefersPool(5099 * MILLI)).isTrue();
		assertThat(this.history.prefersPool(5100 * MILLI)).isFalse();
	}

	@Test
	void theWhileDoublesEachTimeUpToTenSeconds() {
		this.history.lasted(0);
		this.history.lasted(0);
		assertThat(this.history.prefersPool(199 * MILLI)).isTrue();
		assertThat(this.history.prefersPool(200 * MILLI)).isFalse();
		for (int i = 0; i < 20; i++) {
			this.history.lasted(0);
		}
		assertThat(this.history.prefersPool(9_999 * MILLI)).isTrue();
		assertThat(this.history.prefersPool(10_000 * MILLI)).isFalse();
	}

	@Test
	void quickCallsMakeTheNextWhileShorter() {
		this.history.lasted(0);
		this.history.lasted(0);
		this.history.returned(0, MILLI - 1);
		this.history.returned(0, MILLI - 1);
		this.history.returned(0, MILLI - 1);
		this.history.lasted(0);
		assertThat(this.history.prefersPool(99 * MILLI)).isTrue();
		assertThat(this.history.prefersPool(100 * MILLI)).isFalse();
	}

	@Test
	void aHandlerThatIsAlwaysSlowRunsOnThePoolThoughTheWatcherMissesIt() {
		this.history.returned(0, 10 * MILLI);
		this.history.returned(10 * MILLI, 20 * MILLI);
		assertThat(this.history.prefersPool(20 * MILLI)).isFalse();
		this.history.returned(20 * MILLI, 30 * MILLI);
		assertThat(this.history.prefersPool(30 * MILLI)).isTrue();
		assertThat(this.history.prefersPool(130 * MILLI)).isFalse();
		this.history.returned(130 * MILLI, 140 * MILLI);
		assertThat(this.history.prefersPool(339 * MILLI)).isTrue();
	}

	@Test
	void aSlowCallNowAndThenChangesNothing() {
		for (int i = 0; i < 20; i++) {
			this.history.returned(0, 10 * MILLI);
			this.history.returned(0, MILLI - 1);
		}
		assertThat(this.history.prefersPool(0)).isFalse();
	}

	@Test
	void aHandlerThatIsQuickOnThePoolManyTimesInARowReturnsToTheLoop() {
		this.history.lasted(0);
		quickOnPool(63);
		assertThat(this.history.prefersPool(MILLI)).isTrue();
		quickOnPool(1);
		assertThat(this.history.prefersPool(MILLI)).isFalse();
	}

	@Test
	void oneThatLastsInBetweenStaysOnThePool() {
		this.history.lasted(0);
		for (int i = 0; i < 10; i++) {
			quickOnPool(63);
			this.history.returnedOnPool(0, MILLI);
		}
		assertThat(this.history.prefersPool(MILLI)).isTrue();
	}

	@Test
	void theLongerTheWhileTheMoreQuickCallsEndIt() {
		this.history.lasted(0);
		this.history.lasted(0);
		quickOnPool(127);
		assertThat(this.history.prefersPool(MILLI)).isTrue();
		quickOnPool(1);
		assertThat(this.history.prefersPool(MILLI)).isFalse();
	}

	private void quickOnPool(int calls) {
		for (int i = 0; i < calls; i++) {
			this.history.returnedOnPool(0, MILLI - 1);
		}
	}

}
