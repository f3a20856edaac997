package io.github.udsboot.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.client.ReadUntil;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Our template talks to programs that know stdin and stdout only and that {@code socat}
 * puts behind a socket.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class SocatServerInteropTests {

	private static final String CHINESE = "\u4f60\u597d\uff0c\u4e16\u754c";

	/** Answers a line in pieces that no one read returns together, and ends. */
	private static final String PIECES = """
			read -r name
			for piece in 'Hello, ' "$name" '!'; do
				printf '%s' "$piece"
				sleep 0.1
			done
			printf '\\nGoodbye!\\n'
			""";

	private final TransportType transport;

	@TempDir
	private Path directory;

	private InteropProcess server;

	SocatServerInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeAll
	static void requireSocat() {
		InteropTool.SOCAT.require();
	}

	@AfterEach
	void stopServer() {
		if (this.server != null) {
			this.server.close();
		}
	}

	private Path socket() {
		return this.directory.resolve("socat.sock");
	}

	/** Clients wait for the server. */
	private void serve(String program) {
		this.server = InteropProcess.start(InteropTool.SOCAT.require(), "UNIX-LISTEN:" + socket() + ",fork",
				"EXEC:" + program);
	}

	private void serveScript(String script) throws IOException {
		Path file = this.directory.resolve("script.sh");
		Files.writeString(file, script);
		serve("sh " + file);
	}

	private UdsTemplateBuilder builder(MessageProtocol protocol) {
		return UdsTemplate.builder()
			.path(socket().toString())
			.transport(this.transport)
			.waitForServer(Duration.ofSeconds(20))
			.protocol(protocol);
	}

	@Test
	void sessionGetsItsLinesBack() {
		serve("cat");
		try (UdsTemplate template = builder(new LineProtocol()).build(); UdsSession session = template.open()) {
			IntStream.range(0, 1000).forEach((i) -> session.send(CHINESE + " " + i));
			List<String> lines = IntStream.range(0, 1000).mapToObj((i) -> session.receive(String.class)).toList();
			assertThat(lines).isEqualTo(IntStream.range(0, 1000).mapToObj((i) -> CHINESE + " " + i).toList());
		}
	}

	@Test
	void rawSessionGetsItsBytesBack() {
		serve("cat");
		byte[] message = new byte[256];
		IntStream.range(0, message.length).forEach((i) -> message[i] = (byte) i);
		try (UdsTemplate template = builder(new RawProtocol()).build(); UdsSession session = template.open()) {
			session.send(message);
			assertThat(session.receive(byte[].class)).isEqualTo(message);
		}
	}

	@Test
	void exchangesOfLinesShareOneConnection() {
		serve("cat");
		try (UdsTemplate template = builder(new LineProtocol()).build()) {
			for (int i = 0; i < 100; i++) {
				assertThat(template.exchange("line " + i, String.class)).isEqualTo("line " + i);
			}
			assertThat(template.getConnectionFactory().stats().connects()).isEqualTo(1);
		}
	}

	@Test
	void threadsGetTheirOwnLines() throws Exception {
		serve("cat");
		try (UdsTemplate template = builder(new LineProtocol()).maxConnections(4).build()) {
			assertThat(AtOnce.run(32, (i) -> template.exchange("thread " + i, String.class)))
				.isEqualTo(IntStream.range(0, 32).mapToObj((i) -> "thread " + i).toList());
			assertThat(template.getConnectionFactory().stats().connects()).isLessThanOrEqualTo(4);
		}
	}

	@Test
	void answerInPiecesIsReadToTheEnd() throws IOException {
		serveScript(PIECES);
		try (UdsTemplate template = builder(new RawProtocol()).readUntil(ReadUntil.EOF).build()) {
			assertThat(template.exchange(CHINESE + "\n", String.class))
				.isEqualTo("Hello, " + CHINESE + "!\nGoodbye!\n");
			assertThat(template.exchange("Ada\n", String.class)).isEqualTo("Hello, Ada!\nGoodbye!\n");
		}
	}

	@Test
	void answerOfSeveralLinesIsReadToTheEnd() throws IOException {
		serveScript(PIECES);
		try (UdsTemplate template = builder(new LineProtocol()).readUntil(ReadUntil.EOF).build()) {
			assertThat(template.exchange("Ada", String.class)).isEqualTo("Hello, Ada!\nGoodbye!");
		}
	}

	@Test
	void withoutThatTheFirstPieceIsTheAnswer() throws IOException {
		serveScript(PIECES);
		try (UdsTemplate template = builder(new RawProtocol()).build()) {
			assertThat(template.exchange("Ada\n", String.class)).isEqualTo("Hello, ");
		}
		try (UdsTemplate template = builder(new LineProtocol()).keepAlive(false).build()) {
			assertThat(template.exchange("Ada", String.class)).isEqualTo("Hello, Ada!");
		}
	}

	@Test
	void answerThatDoesNotEndIsCutOffAtTheLimit() throws IOException {
		serveScript("read -r name; while echo \"$name\"; do :; done");
		try (UdsTemplate template = builder(new RawProtocol()).readUntil(ReadUntil.EOF)
			.frameLimits(new FrameLimits(100_000, 0, 0, 1))
			.build()) {
			assertThatExceptionOfType(UdsProtocolException.class)
				.isThrownBy(() -> template.exchange("y\n", String.class))
				.withMessageContaining("100000");
		}
	}

	@Test
	void largeAnswerArrivesWhole() throws IOException {
		serveScript("read -r name; yes \"$name\" | head -n 100000");
		try (UdsTemplate template = builder(new RawProtocol()).readUntil(ReadUntil.EOF).build()) {
			assertThat(template.exchange("Ada\n", String.class)).isEqualTo("Ada\n".repeat(100_000));
		}
	}

}
