package io.github.udsboot.stream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A connection that is read no further because of a stream is read on when the stream is
 * over, whatever its handler has left: else nobody would see that its peer has gone, and
 * a few of them would close the listener to everybody.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class HeldConnectionTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final int MAX_CONNECTIONS = 8;

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	private StreamListener listener;

	private UdsTemplate uds;

	@BeforeEach
	void start() {
		this.listener = new StreamListener(this.directory, this.transport, (options) -> {
			options.setMaxConnections(MAX_CONNECTIONS);
			options.setMaxConnectionsPerUser(MAX_CONNECTIONS);
		});
		this.uds = this.listener.client().build();
	}

	@AfterEach
	void stop() {
		this.listener.handlers.blocked.countDown();
		this.uds.close();
		this.listener.close();
	}

	@Test
	void aPayloadThatItsHandlerDoesNotReadHoldsNothingWhenItIsAnswered() {
		String large = "x".repeat(300_000);
		for (int i = 0; i < MAX_CONNECTIONS * 2; i++) {
			try (Stream<String> answer = this.uds.stream("refusing", large, String.class)) {
				assertThat(answer).containsExactly("no");
			}
		}
		this.uds.close();
		await().atMost(BOUND).until(() -> this.listener.container.stats().connections() == 0);
	}

	/**
	 * Until it is read on, nothing tells of its end: neither the socket nor the stream.
	 */
	@Test
	void aPeerThatHasGoneIsNoticedThoughItsStreamIsReadNoFurther() {
		String large = "x".repeat(300_000);
		CompletableFuture<String> upload = CompletableFuture.supplyAsync(
				() -> this.uds.route("neglecting").payloads(Stream.generate(() -> large)).retrieve(String.class));
		await().atMost(BOUND).until(() -> this.listener.container.stats().requestsInFlight() == 1);
		// goes on until nothing is taken any more
		await().atMost(BOUND).until(() -> this.listener.container.stats().memoryUsed() > 300_000);
		this.uds.close();
		await().atMost(BOUND).until(() -> this.listener.container.stats().connections() == 0);
		await().atMost(BOUND).until(() -> this.listener.container.stats().requestsInFlight() == 0);
		assertThat(upload).failsWithin(BOUND);
	}

	@Test
	void anUploadWhoseDeadlineHasPassedHoldsNothingThoughItsHandlerIsAtWork() {
		String large = "x".repeat(300_000);
		for (int i = 0; i < MAX_CONNECTIONS * 2; i++) {
			assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(() -> this.uds.route("neglecting")
				.timeout(Duration.ofMillis(100))
				.payloads(Stream.generate(() -> large))
				.retrieve(String.class));
		}
		this.uds.close();
		await().atMost(BOUND).until(() -> this.listener.container.stats().connections() == 0);
	}

}
