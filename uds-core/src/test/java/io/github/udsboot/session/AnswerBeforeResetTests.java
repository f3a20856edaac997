package io.github.udsboot.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.client.ReadUntil;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.testsupport.TextPeer;
import io.github.udsboot.testsupport.TextServer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A server that closes without having read all of a message makes the kernel tell us of a
 * reset, after all that it has answered.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class AnswerBeforeResetTests {

	/** More than a server reads at once, and less than the kernel takes. */
	private static final String MESSAGE = "m".repeat(3000);

	/** More than the kernel takes: the rest fails with EPIPE. */
	private static final String LARGE_MESSAGE = "m".repeat(3 << 20);

	private final TransportType transport;

	private final TextServer server = new TextServer();

	AnswerBeforeResetTests(TransportType transport) {
		this.transport = transport;
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	private UdsTemplateBuilder client(MessageProtocol protocol) {
		return UdsTemplate.builder().path(this.server.path().toString()).transport(this.transport).protocol(protocol);
	}

	/** Answers when a part of the message is read, and closes. */
	private void answerHalfRead(String... answers) {
		try (TextPeer peer = this.server.accept()) {
			peer.read(1024);
			for (String answer : answers) {
				peer.send(answer);
			}
		}
	}

	private static String exchange(UdsTemplate client, String message, Runnable server) throws Exception {
		CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> client.exchange(message, String.class));
		server.run();
		return answer.get(30, TimeUnit.SECONDS);
	}

	@Test
	void theAnswerToTheEndIsDelivered() throws Exception {
		try (UdsTemplate client = client(new RawProtocol()).readUntil(ReadUntil.EOF).build()) {
			for (String message : new String[] { MESSAGE, LARGE_MESSAGE }) {
				String answer = "answer".repeat(10_000);
				assertThat(exchange(client, message, () -> answerHalfRead("first ", answer)))
					.isEqualTo("first " + answer);
			}
		}
	}

	@Test
	void theLinesToTheEndAreDelivered() throws Exception {
		try (UdsTemplate client = client(new LineProtocol()).readUntil(ReadUntil.EOF).build()) {
			for (String message : new String[] { MESSAGE, LARGE_MESSAGE }) {
				assertThat(exchange(client, message, () -> answerHalfRead("one\n", "two\n"))).isEqualTo("one\ntwo");
			}
		}
	}

	@Test
	void theChunkIsDelivered() throws Exception {
		try (UdsTemplate client = client(new RawProtocol()).build()) {
			for (String message : new String[] { MESSAGE, LARGE_MESSAGE }) {
				assertThat(exchange(client, message, () -> answerHalfRead("answer"))).isEqualTo("answer");
			}
		}
	}

	@Test
	void theLineIsDelivered() throws Exception {
		try (UdsTemplate client = client(new LineProtocol()).build()) {
			for (String message : new String[] { MESSAGE, LARGE_MESSAGE }) {
				assertThat(exchange(client, message, () -> answerHalfRead("answer\n"))).isEqualTo("answer");
			}
		}
	}

	@Test
	void noAnswerIsNoneEvenToTheEnd() {
		try (UdsTemplate client = client(new RawProtocol()).readUntil(ReadUntil.EOF).build()) {
			CompletableFuture<Void> half = CompletableFuture.runAsync(this::answerHalfRead);
			assertThatExceptionOfType(UdsConnectionLostException.class)
				.isThrownBy(() -> client.exchange(MESSAGE, String.class))
				.withMessageContaining("may have been received");
			assertThat(half).succeedsWithin(Duration.ofSeconds(30));
		}
	}

	@Test
	void aSessionReceivesAllThatCameAndThenTheEnd() {
		try (UdsTemplate client = client(new LineProtocol()).build(); UdsSession session = client.open()) {
			session.send(MESSAGE);
			answerHalfRead("one\n", "two\n", "half of");
			assertThat(session.receive(String.class)).isEqualTo("one");
			assertThat(session.receive(String.class)).isEqualTo("two");
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.receive(String.class));
		}
	}

}
