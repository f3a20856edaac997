package io.github.udsboot.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lines that a peer can cause.
 */
class LogThrottleTests {

	private final List<String> lines = new ArrayList<>();

	@Test
	void oneASecondIsLoggedAndTheOthersCounted() {
		AtomicLong time = new AtomicLong();
		LogThrottle throttle = new LogThrottle(time::get);
		for (int i = 0; i < 10_000; i++) {
			throttle.log(this.lines::add, () -> "refused");
		}
		assertThat(this.lines).containsExactly("refused");
		time.addAndGet(1_000_000_000L);
		throttle.log(this.lines::add, () -> "refused");
		assertThat(this.lines).containsExactly("refused", "refused (and 9999 more before)");
	}

}
