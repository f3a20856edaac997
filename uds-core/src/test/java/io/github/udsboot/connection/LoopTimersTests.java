package io.github.udsboot.connection;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LoopTimersTests {

	private final LoopTimers timers = new LoopTimers();

	private final List<String> ran = new ArrayList<>();

	@Test
	void timersRunInTheirOrder() {
		this.timers.schedule(2, () -> this.ran.add("second"));
		this.timers.schedule(-1_000_000_000L, () -> this.ran.add("first"));
		this.timers.run(System.nanoTime() + 1_000_000_000L);
		assertThat(this.ran).containsExactly("first", "second");
	}

	/** Times that lie 292 years apart cannot be compared on the clock of nanoTime. */
	@Test
	void aTimerThatIsDueRunsThoughAnotherIsSetForEver() {
		this.timers.schedule(Long.MAX_VALUE, () -> this.ran.add("never"));
		this.timers.schedule(-1_000_000_000L, () -> this.ran.add("late"));
		this.timers.run(System.nanoTime());
		assertThat(this.ran).containsExactly("late");
		assertThat(this.timers.timeoutMillis()).isPositive();
	}

}
