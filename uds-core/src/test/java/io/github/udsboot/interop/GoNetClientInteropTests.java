package io.github.udsboot.interop;

import java.nio.file.Path;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client on Go's net package sends a message to a listener of ours, and waits for the
 * answer without ending its output.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class GoNetClientInteropTests {

	private static final String CHINESE = "\u4f60\u597d\uff0c\u4e16\u754c";

	private static final String ANSWER = "\u5df2\u6536\u5230: ";

	private static final int CLIENT_READS = 1024;

	private final TransportType transport;

	@TempDir
	private Path directory;

	private ObservedSessions sessions;

	private InteropListener listener;

	GoNetClientInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeAll
	static void buildPrograms() {
		GoPrograms.require();
	}

	@BeforeEach
	void startListener() {
		UdsListenerOptions options = InteropListener.options(this.directory.resolve("uds.sock"), this.transport);
		options.setProtocol(new RawProtocol());
		this.sessions = new ObservedSessions();
		this.listener = InteropListener.start(options, new Answers(), this.sessions);
	}

	@AfterEach
	void stopListener() {
		this.listener.close();
	}

	private InteropProcess finished(String message, int count) {
		try (InteropProcess clients = GoPrograms.startNetClients(this.listener.socket(), message, count)) {
			assertThat(clients.awaitExit(InteropProcess.PATIENCE)).as(clients.describe()).isZero();
			return clients;
		}
	}

	@Test
	void messageIsAnswered() {
		assertThat(finished("hello", 1).lines()).containsExactly(ANSWER + "hello");
	}

	@Test
	void chineseTextGoesBothWays() {
		assertThat(finished(CHINESE, 1).lines()).containsExactly(ANSWER + CHINESE);
	}

	@Test
	void messageMayBeAsLongAsAServerInGoReads() {
		String message = "m".repeat(1024);
		assertThat(finished(Answers.ECHO + message, 1).lines()).containsExactly(message);
	}

	@Test
	void clientThatReadsOnlyPartOfItsAnswerHurtsNobody() {
		String message = "m".repeat(CLIENT_READS + 1);
		assertThat(finished(Answers.ECHO + message, 1).lines()).containsExactly(message.substring(1));
		assertThat(finished("hello", 1).lines()).containsExactly(ANSWER + "hello");
	}

	@Test
	void twoHundredClientsGetTheirOwnAnswers() {
		assertThat(finished(CHINESE, 200).lines()).containsExactlyInAnyOrderElementsOf(
				IntStream.range(0, 200).mapToObj((i) -> ANSWER + CHINESE + " " + i).toList());
		assertThat(this.listener.stats().accepted()).isEqualTo(200);
		Eventually.assertThat(() -> assertThat(this.listener.stats().connections()).isZero());
	}

	@Test
	void connectionEndsWithItsExchange() {
		finished("hello", 1);
		this.sessions.awaitAllClosed("SESSION_CLOSED");
		assertThat(this.sessions.opened()).hasSize(1);
	}

	static final class Answers {

		static final String ECHO = "echo ";

		@UdsHandler
		String answer(String message) {
			return message.startsWith(ECHO) ? message.substring(ECHO.length()) : ANSWER + message;
		}

	}

}
