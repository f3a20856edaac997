package io.github.udsboot.interop;

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client on Node's net module talks to a listener of ours that greets. It ends its
 * output as soon as it is greeted.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class NodeClientInteropTests {

	private final TransportType transport;

	@TempDir
	private Path directory;

	NodeClientInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeAll
	static void requireNode() {
		InteropTool.NODE.require();
	}

	@ParameterizedTest
	@ValueSource(strings = { "hello", "hello\r\n" })
	void clientIsGreetedAndAnswered(String greeting) {
		UdsListenerOptions options = InteropListener.options(this.directory.resolve("uds.sock"), this.transport);
		options.setProtocol(new LineProtocol());
		options.setGreeting(greeting);
		ObservedSessions sessions = new ObservedSessions();
		Path program = GoPrograms.interopDirectory().resolve("node").resolve("echo-client.js");
		try (InteropListener listener = InteropListener.start(options, new Echo(), sessions);
				InteropProcess client = InteropProcess.start(InteropTool.NODE.require(), program.toString(),
						listener.socket().toString())) {
			assertThat(client.awaitExit(InteropProcess.PATIENCE)).as(client.describe()).isZero();
			assertThat(client.lines()).containsExactly("connected to server", "hello", "world!",
					"disconnected from server");
			sessions.awaitAllClosed("PEER_CLOSED");
			assertThat(sessions.opened()).hasSize(1);
		}
	}

	static final class Echo {

		@UdsHandler
		String echo(String line) {
			return line;
		}

	}

}
