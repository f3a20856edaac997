package io.github.udsboot.interop;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/**
 * Waits for what is bound to happen soon.
 */
public final class Eventually {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private Eventually() {
	}

	/**
	 * Repeat an assertion, in this thread, until it holds.
	 * @param assertion the assertion
	 */
	static void assertThat(ThrowingRunnable assertion) {
		Awaitility.await()
			.pollInSameThread()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.atMost(PATIENCE)
			.untilAsserted(assertion);
	}

}
