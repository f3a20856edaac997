package io.github.udsboot.listener;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often the watchdog connects to a socket of others.
 */
class RareLooksTests {

	private final RareLooks looks = new RareLooks();

	@Test
	void theFirstLookIsAtOnceAndFurtherOnesBecomeRare() {
		assertThat(due(100)).containsExactly(0, 2, 5, 10, 19, 36, 69);
	}

	@Test
	void afterAResetTheNextLookIsAtOnce() {
		due(100);
		this.looks.reset();
		assertThat(due(6)).containsExactly(0, 2, 5);
	}

	private List<Integer> due(int turns) {
		List<Integer> due = new ArrayList<>();
		for (int turn = 0; turn < turns; turn++) {
			if (this.looks.isDue()) {
				due.add(turn);
			}
		}
		return due;
	}

}
