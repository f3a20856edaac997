package io.github.udsboot.listener;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.github.udsboot.Status;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.interceptor.UdsServerResponse;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.LoggedLines;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Peers whose calls and connections fail, again and again, and the log.
 */
@Timeout(120)
class LoggedFailuresTests {

	private static final int CALLS = 10_000;

	/** Ten a second of each kind, and the test lasts. */
	private static final int BOUND = 1000;

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	private final TestListener listener = new TestListener();

	@BeforeEach
	void handle() {
		this.log.withoutDebug();
		this.listener.handle("fails", (request, callback) -> {
			throw new IllegalStateException("expected by the test");
		});
		this.listener.handle("fails.otherwise", (request, callback) -> {
			throw new IllegalArgumentException("expected by the test as well");
		});
		this.listener.handle("echo", (request, callback) -> callback.reply(UdsReply.ok(request.payload())));
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	private void call(RawClient client, String route, int count) {
		for (int i = 0; i < count; i++) {
			assertThat(client.call(route, "").status()).isEqualTo(Status.INTERNAL);
		}
	}

	private List<String> warnings(String text) {
		return this.log.warnings().stream().filter((line) -> line.contains(text)).toList();
	}

	@Test
	void tenThousandCallsThatFailWriteAFewLinesAndAnotherFailureIsLoggedAtOnce() {
		this.listener.start();
		try (RawClient client = RawClient.connect(this.listener.path())) {
			call(client, "fails", CALLS);
			assertThat(this.log.warnings()).hasSizeLessThan(BOUND);
			assertThat(this.log.stackTraces("'fails'")).isBetween(1, 5);
			call(client, "fails.otherwise", 1);
			// the answer comes first
			Eventually.await("it is logged", () -> this.log.stackTraces("'fails.otherwise'") == 1);
		}
	}

	@Test
	void tenThousandResponsesOfInterceptorsThatAreNoneWriteAFewLines() {
		this.listener.interceptor((request, chain) -> chain.proceed(request)
			.thenApply((response) -> request.route().equals("echo") ? new Broken() : response));
		this.listener.start();
		try (RawClient client = RawClient.connect(this.listener.path())) {
			call(client, "echo", CALLS);
			assertThat(this.log.warnings()).hasSizeLessThan(BOUND);
			assertThat(this.log.stackTraces("response of an interceptor")).isBetween(1, 5);
		}
	}

	@Test
	void aStormOfBrokenFramesHidesNoPeerThatStalls() {
		this.listener.options((options) -> options
			.setClocks(new ConnectionClocks(Duration.ZERO, Duration.ofMillis(50), Duration.ZERO, Duration.ZERO)));
		this.listener.start();
		byte[] half = Arrays.copyOf(RawClient.request(1, "echo", new byte[20]), 15);
		try (RawClient dripper = RawClient.connect(this.listener.path())) {
			dripper.write(half);
			for (int i = 0; warnings("FRAME_TIMEOUT").isEmpty(); i++) {
				try (RawClient broken = RawClient.connect(this.listener.path())) {
					broken.write(new byte[] { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 });
					broken.awaitEnd();
				}
				assertThat(i).as("storms").isLessThan(CALLS);
				if (this.listener.container().stats().closed().getOrDefault(CloseReason.FRAME_TIMEOUT, 0L) > 0) {
					Eventually.await("it is logged", () -> !warnings("FRAME_TIMEOUT").isEmpty());
				}
			}
			assertThat(warnings("PROTOCOL_ERROR")).isNotEmpty();
		}
	}

	/** What an interceptor made up. */
	private static final class Broken implements UdsServerResponse {

		@Override
		public Status status() {
			throw new UnsupportedOperationException("expected by the test");
		}

		@Override
		public String message() {
			return "";
		}

		@Override
		public byte[] payload() {
			return new byte[0];
		}

	}

}
