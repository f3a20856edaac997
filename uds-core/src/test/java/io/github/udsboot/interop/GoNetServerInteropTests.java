package io.github.udsboot.interop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.client.ReadUntil;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Our template exchanges messages with a server on Go's net package, which reads once,
 * answers and closes.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class GoNetServerInteropTests {

	private static final String CHINESE = "\u4f60\u597d\uff0c\u4e16\u754c";

	private static final String ANSWER = "\u5df2\u6536\u5230: ";

	private static final int SERVER_READS = 1024;

	private final TransportType transport;

	@TempDir
	private Path directory;

	private Path socket;

	private InteropProcess server;

	private UdsTemplate template;

	GoNetServerInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeAll
	static void buildPrograms() {
		GoPrograms.require();
	}

	@BeforeEach
	void startServer() {
		this.socket = this.directory.resolve("go.sock");
		this.server = GoPrograms.startNetServer(this.socket, ANSWER);
		this.template = builder().build();
	}

	@AfterEach
	void stopServer() {
		this.template.close();
		this.server.close();
	}

	private UdsTemplateBuilder builder() {
		return UdsTemplate.builder().path(this.socket.toString()).transport(this.transport).protocol(new RawProtocol());
	}

	@Test
	void messageIsAnswered() {
		assertThat(this.template.exchange("hello", String.class)).isEqualTo(ANSWER + "hello");
		this.server.awaitLine("hello");
	}

	@Test
	void chineseTextGoesBothWays() {
		assertThat(this.template.exchange(CHINESE, String.class)).isEqualTo(ANSWER + CHINESE);
		this.server.awaitLine(CHINESE);
	}

	@Test
	void everyMessageHasAConnectionOfItsOwn() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.template.exchange("message " + i, String.class)).isEqualTo(ANSWER + "message " + i);
		}
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(100);
		assertThat(this.server.awaitLines(101)).endsWith("message 98", "message 99");
	}

	@Test
	void messageMayFillTheServersRead() {
		String message = "m".repeat(SERVER_READS);
		assertThat(this.template.exchange(message, String.class)).isEqualTo(ANSWER + message);
	}

	/** The server closes with input unread, which the kernel tells us as a reset. */
	@Test
	void answerArrivesFromAServerThatHasNotReadAll() {
		String message = "m".repeat(SERVER_READS + 1);
		assertThat(this.template.exchange(message, String.class)).isEqualTo(ANSWER + message.substring(1));
		assertThat(this.template.exchange("hello", String.class)).isEqualTo(ANSWER + "hello");
	}

	@ParameterizedTest
	@ValueSource(ints = { SERVER_READS + 1, 3000, 3 << 20 })
	void answerToTheEndArrivesFromAServerThatHasNotReadAll(int length) {
		String message = "m".repeat(length);
		try (UdsTemplate toTheEnd = builder().readUntil(ReadUntil.EOF).build()) {
			assertThat(toTheEnd.exchange(message, String.class)).isEqualTo(ANSWER + message.substring(0, SERVER_READS));
		}
	}

	@Test
	void bytesComeBackAsTheyWere() {
		byte[] message = new byte[256];
		for (int i = 0; i < message.length; i++) {
			message[i] = (byte) i;
		}
		byte[] prefix = ANSWER.getBytes(StandardCharsets.UTF_8);
		assertThat(this.template.exchange(message, byte[].class)).startsWith(prefix)
			.hasSize(prefix.length + message.length)
			.endsWith(message);
	}

	@Test
	void answerMayBeReadToTheEndOfTheConnection() {
		try (UdsTemplate untilEnd = builder().readUntil(ReadUntil.EOF).build()) {
			assertThat(untilEnd.exchange(CHINESE, String.class)).isEqualTo(ANSWER + CHINESE);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 64, 200 })
	void twoHundredThreadsGetTheirOwnAnswers(int connections) throws Exception {
		try (UdsTemplate shared = builder().maxConnections(connections).build()) {
			List<String> answers = AtOnce.run(200, (i) -> shared.exchange("thread " + i, String.class));
			assertThat(answers).isEqualTo(IntStream.range(0, 200).mapToObj((i) -> ANSWER + "thread " + i).toList());
			assertThat(shared.getConnectionFactory().stats().connects()).isEqualTo(200);
		}
	}

	@Test
	void sessionEndsWithTheServersConnection() {
		try (UdsSession session = this.template.open()) {
			session.send(CHINESE);
			assertThat(session.receive(String.class)).isEqualTo(ANSWER + CHINESE);
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.receive(String.class));
			assertThat(session.isOpen()).isFalse();
		}
	}

}
