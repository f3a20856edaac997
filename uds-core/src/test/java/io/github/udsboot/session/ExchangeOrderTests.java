package io.github.udsboot.session;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.testsupport.TextPeer;
import io.github.udsboot.testsupport.TextServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What came out of turn is the answer to nothing: exchanges with a server that says more
 * than it was asked, or says it at the wrong time.
 */
class ExchangeOrderTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final TextServer server = new TextServer();

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void halfALineThatNobodyAskedForIsNoPartOfTheNextAnswer() throws Exception {
		try (UdsTemplate client = client().build()) {
			CompletableFuture<String> one = ask(client, "one");
			try (TextPeer first = this.server.accept()) {
				first.read("one\n".length());
				first.send("1\nunasked");
				assertThat(get(one)).isEqualTo("1");
				CompletableFuture<String> two = ask(client, "two");
				try (TextPeer second = this.server.accept()) {
					assertThat(second.read("two\n".length())).isEqualTo("two\n");
					second.send("2\n");
					assertThat(get(two)).isEqualTo("2");
				}
				assertThat(first.readAll()).as("more on the first connection").isEmpty();
			}
		}
	}

	@Test
	void aServerThatSpeaksUnaskedIsNotAskedOnThatConnectionAgain() throws Exception {
		List<TextPeer> peers = new ArrayList<>();
		try (UdsTemplate client = client().build()) {
			for (int i = 0; i < 100; i++) {
				CompletableFuture<String> answer = ask(client, "one");
				TextPeer peer = this.server.accept();
				peers.add(peer);
				peer.read("one\n".length());
				peer.send("1\n");
				assertThat(get(answer)).isEqualTo("1");
				peer.send("unasked\n");
			}
			Awaitility.await().atMost(BOUND).until(() -> client.getConnectionFactory().stats().connections() == 0);
		}
		finally {
			peers.forEach(TextPeer::close);
		}
	}

	@Test
	void whatArrivedBeforeTheMessageIsNotItsAnswer() throws Exception {
		SlowReading slow = new SlowReading();
		try (UdsTemplate client = client().protocol(slow).build()) {
			CompletableFuture<String> one = ask(client, "one");
			try (TextPeer first = this.server.accept()) {
				first.read("one\n".length());
				first.send("1\n");
				assertThat(get(one)).isEqualTo("1");
				try (UdsSession session = client.open(); TextPeer other = this.server.accept()) {
					other.send("wait\n");
					assertThat(slow.waiting.await(20, TimeUnit.SECONDS)).isTrue();
					// nobody can have read this before the next message
					first.send("unasked\n");
					CompletableFuture<String> two = ask(client, "two");
					Awaitility.await()
						.atMost(BOUND)
						.until(() -> client.getConnectionFactory().stats().requestsInFlight() == 1);
					slow.goOn.countDown();
					assertThat(session.receive(String.class, BOUND)).isEqualTo("wait");
					try (TextPeer second = this.server.accept()) {
						assertThat(second.read("two\n".length())).isEqualTo("two\n");
						second.send("2\n");
						assertThat(get(two)).isEqualTo("2");
					}
					assertThat(first.readAll()).as("more on the first connection").isEmpty();
				}
			}
		}
	}

	@Test
	void ofAnAnswerInTwoChunksTheSecondIsNoAnswer() throws Exception {
		try (UdsTemplate client = client().protocol(new RawProtocol()).keepAlive(true).build()) {
			CompletableFuture<String> one = ask(client, "one");
			try (TextPeer first = this.server.accept()) {
				first.read("one".length());
				first.send("1");
				assertThat(get(one)).isEqualTo("1");
				first.send("and a half");
				CompletableFuture<String> two = ask(client, "two");
				try (TextPeer second = this.server.accept()) {
					assertThat(second.read("two".length())).isEqualTo("two");
					second.send("2");
					assertThat(get(two)).isEqualTo("2");
				}
			}
		}
	}

	@Test
	void aConnectionCountsUntilItIsClosed() throws Exception {
		SlowReading slow = new SlowReading();
		try (UdsTemplate client = client().protocol(slow).maxConnections(1).build()) {
			CompletableFuture<String> one = CompletableFuture
				.supplyAsync(() -> client.exchange("one", String.class, Duration.ofSeconds(2)));
			try (TextPeer first = this.server.accept()) {
				first.send("wait\n");
				assertThat(slow.waiting.await(20, TimeUnit.SECONDS)).isTrue();
				assertThat(failure(one)).isInstanceOf(UdsDeadlineExceededException.class);
				// the loop is held up, so the connection is there still
				assertThatExceptionOfType(UdsDeadlineExceededException.class)
					.isThrownBy(() -> client.exchange("two", String.class, Duration.ofMillis(50)))
					.withMessageContaining("nothing was sent");
				assertThat(client.getConnectionFactory().stats().connects()).isEqualTo(1);
				slow.goOn.countDown();
				CompletableFuture<String> three = ask(client, "three");
				try (TextPeer second = this.server.accept()) {
					second.read("three\n".length());
					second.send("3\n");
					assertThat(get(three)).isEqualTo("3");
				}
			}
		}
	}

	@Test
	void anAnswerOverTheLimitIsNotReportedAsAMessageThatWasNotSent() throws Exception {
		try (UdsTemplate client = client().frameLimits(new FrameLimits(10, 0, 0, 255)).build()) {
			CompletableFuture<String> one = ask(client, "one");
			try (TextPeer peer = this.server.accept()) {
				peer.read("one\n".length());
				peer.send("more than ten\n");
				assertThat(failure(one)).isInstanceOf(UdsRemoteException.class)
					.hasMessageContaining("limit of 10 bytes")
					.hasMessageContaining(this.server.path().toString());
				CompletableFuture<String> two = ask(client, "two");
				peer.read("two\n".length());
				peer.send("2\n");
				assertThat(get(two)).isEqualTo("2");
			}
		}
	}

	@Test
	void aServerThatEndsItsOutputAndReadsNothingCostsNoMoreThanTheTimeOut() {
		String message = "x".repeat(2 << 20);
		try (UdsTemplate client = client().build()) {
			CompletableFuture<Duration> took = CompletableFuture.supplyAsync(() -> {
				long begin = System.nanoTime();
				assertThatExceptionOfType(UdsException.class)
					.isThrownBy(() -> client.exchange(message, String.class, Duration.ofMillis(200)))
					.satisfies((ex) -> assertThat(ex).isInstanceOfAny(UdsConnectionLostException.class,
							UdsDeadlineExceededException.class));
				return Duration.ofNanos(System.nanoTime() - begin);
			});
			try (TextPeer peer = this.server.accept()) {
				peer.read(1);
				peer.endOutput();
				assertThat(took.join()).isLessThan(Duration.ofMillis(950));
			}
		}
	}

	private UdsTemplateBuilder client() {
		return UdsTemplate.builder().path(this.server.path().toString()).protocol(new LineProtocol());
	}

	private static CompletableFuture<String> ask(UdsTemplate client, String question) {
		return CompletableFuture.supplyAsync(() -> client.exchange(question, String.class, BOUND));
	}

	private static String get(CompletableFuture<String> answer) throws Exception {
		return answer.get(BOUND.toSeconds(), TimeUnit.SECONDS);
	}

	private static Throwable failure(CompletableFuture<String> answer) {
		return answer.handle((value, ex) -> (ex != null) ? ex.getCause() : new AssertionError(value)).join();
	}

	/** Lines, and one of them holds up whoever reads it, as a large one would. */
	private static final class SlowReading implements MessageProtocol {

		private final MessageProtocol lines = new LineProtocol();

		private final CountDownLatch waiting = new CountDownLatch(1);

		private final CountDownLatch goOn = new CountDownLatch(1);

		@Override
		public String name() {
			return "slow";
		}

		@Override
		public FrameReader newReader(Side side, FrameLimits limits) {
			FrameReader reader = this.lines.newReader(side, limits);
			return new FrameReader() {

				@Override
				public @Nullable Frame read(ByteBuffer in) throws ProtocolException {
					if (in.hasRemaining() && in.get(in.position()) == 'w') {
						SlowReading.this.waiting.countDown();
						try {
							SlowReading.this.goOn.await(20, TimeUnit.SECONDS);
						}
						catch (InterruptedException ex) {
							Thread.currentThread().interrupt();
						}
					}
					return reader.read(in);
				}

				@Override
				public @Nullable ByteBuffer target() {
					return null;
				}

				@Override
				public boolean isMidFrame() {
					return reader.isMidFrame();
				}

			};
		}

		@Override
		public FrameWriter newWriter(FrameLimits limits) {
			return this.lines.newWriter(limits);
		}

	}

}
