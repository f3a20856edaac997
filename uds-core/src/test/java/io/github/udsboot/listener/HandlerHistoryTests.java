package io.github.udsboot.listener;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandlerHistory}.
 */
class HandlerHistoryTests {

	private static final long MILLI = 1_000_000L;

	private final HandlerHistory history = new HandlerHistory();

	@Test
	void aHandlerThatNeverLastedRunsOnTheLoop() {
		this.history.wasQuick();
		assertThat(this.history.prefersPool(0)).isFalse();
	}

	@Test
	void aHandlerThatLastedRunsOnThePoolForAWhile() {
		this.history.lasted(0);
		assertThat(this.history.prefersPool(99 * MILLI)).isTrue();
		assertThat(this.history.prefersPool(100 * MILLI)).isFalse();
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
		this.history.wasQuick();
		this.history.wasQuick();
		this.history.wasQuick();
		this.history.lasted(0);
		assertThat(this.history.prefersPool(99 * MILLI)).isTrue();
		assertThat(this.history.prefersPool(100 * MILLI)).isFalse();
	}

}
