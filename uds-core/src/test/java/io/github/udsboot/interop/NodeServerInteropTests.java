package io.github.udsboot.interop;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Our sessions talk to a server on Node's net module, which greets and sends back all it
 * gets.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class NodeServerInteropTests {

	private static final String CHINESE = "\u4f60\u597d\uff0c\u4e16\u754c";

	private final TransportType transport;

	@TempDir
	private Path directory;

	private InteropProcess server;

	private UdsTemplate template;

	NodeServerInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeEach
	void startServer() {
		Path socket = this.directory.resolve("node.sock");
		Path program = GoPrograms.interopDirectory().resolve("node").resolve("echo-server.js");
		this.server = InteropProcess.start(InteropTool.NODE.require(), program.toString(), socket.toString());
		this.server.awaitLine("ready");
		this.template = UdsTemplate.builder()
			.path(socket.toString())
			.transport(this.transport)
			.protocol(new LineProtocol())
			.build();
	}

	@AfterEach
	void stopServer() {
		if (this.server != null) {
			this.template.close();
			this.server.close();
		}
	}

	private UdsSession greeted() {
		UdsSession session = this.template.open();
		assertThat(session.receive(String.class)).isEqualTo("hello");
		return session;
	}

	@Test
	void sessionIsGreetedAndGetsItsLineBack() {
		try (UdsSession session = greeted()) {
			session.send("world!");
			assertThat(session.receive(String.class)).isEqualTo("world!");
			assertThat(session.isOpen()).isTrue();
		}
		this.server.awaitLine("client disconnected");
		assertThat(this.server.lines()).containsExactly("ready", "client connected", "client disconnected");
	}

	@Test
	void chineseTextGoesBothWays() {
		try (UdsSession session = greeted()) {
			session.send(CHINESE);
			assertThat(session.receive(String.class)).isEqualTo(CHINESE);
		}
	}

	/** One side only writes meanwhile and the other only reads. */
	@Test
	void manyLinesComeBackInOrder() throws Exception {
		int count = 20_000;
		try (UdsSession session = greeted()) {
			List<List<String>> sentAndReceived = AtOnce.run(2, (side) -> IntStream.range(0, count).mapToObj((i) -> {
				if (side == 0) {
					session.send("line " + i + " of many");
					return "line " + i + " of many";
				}
				return session.receive(String.class);
			}).toList());
			assertThat(sentAndReceived.get(0)).hasSize(count);
			assertThat(sentAndReceived.get(1)).isEqualTo(sentAndReceived.get(0));
		}
	}

	@Test
	void everySessionHasItsOwnConnection() {
		try (UdsSession one = greeted(); UdsSession other = greeted()) {
			one.send("to one");
			other.send("to the other");
			assertThat(other.receive(String.class)).isEqualTo("to the other");
			assertThat(one.receive(String.class)).isEqualTo("to one");
		}
	}

	@Test
	void whatWasSentComesBackAfterTheEndOfOurOutput() {
		try (UdsSession session = greeted()) {
			session.send("goodbye");
			session.shutdownOutput();
			assertThat(session.receive(String.class)).isEqualTo("goodbye");
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.receive(String.class));
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.send("too late"));
		}
		this.server.awaitLine("client disconnected");
	}

	@Test
	void deathOfTheServerEndsTheSession() {
		try (UdsSession session = greeted()) {
			this.server.kill();
			assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.receive(String.class));
			assertThat(session.isOpen()).isFalse();
		}
	}

}
