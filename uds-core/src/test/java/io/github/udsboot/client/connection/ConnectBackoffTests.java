package io.github.udsboot.client.connection;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Back-offs grow to their limit, however long they are.
 */
class ConnectBackoffTests {

	@Test
	void backoffsOfDaysGrowToTheirLimit() {
		ConnectBackoff schedule = new ConnectBackoff(Duration.ofDays(3), Duration.ofSeconds(Long.MAX_VALUE));
		long before = 0;
		for (int attempts = 0; attempts < 100; attempts++) {
			long backoff = schedule.backoffNanos(attempts);
			// the jitter takes half of it at most
			assertThat(backoff).isGreaterThanOrEqualTo(before / 2)
				.isGreaterThanOrEqualTo(Duration.ofHours(36).toNanos());
			before = backoff;
		}
		long now = System.nanoTime();
		for (int i = 0; i < 100; i++) {
			schedule.failed(new ConnectFailedException(Reason.NO_SOCKET, "away", null), now);
			assertThat(schedule.isDue(now + Duration.ofHours(35).toNanos())).isFalse();
			now += Long.MAX_VALUE >> 2;
			assertThat(schedule.isDue(now)).isTrue();
		}
	}

	@Test
	void backoffsNeverExceedTheirLimit() {
		ConnectBackoff schedule = new ConnectBackoff(Duration.ofMillis(20), Duration.ofMillis(50));
		for (int attempts = 0; attempts < 100; attempts++) {
			assertThat(schedule.backoffNanos(attempts)).isBetween(10_000_000L, 50_000_000L);
		}
	}

}
