package io.github.udsboot.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.UdsSession;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.client.connection.Reachability;
import io.github.udsboot.client.connection.Reachability.State;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindFailedException.Reason;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Looking at a server harms none: after many looks of clients, and attempts to bind where
 * it listens, it still does its work, be it written as carelessly as first programs are.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(120)
class LookingInteropTests {

	private static final int LOOKS = 20;

	private static final int BINDS = 5;

	/** Without it there is no argument for the server. */
	private static final String NO_GREETING = "";

	private final TransportType transport;

	@TempDir
	private Path directory;

	private InteropProcess server;

	LookingInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeAll
	static void buildPrograms() {
		GoPrograms.require();
	}

	@AfterEach
	void stopServer() {
		if (this.server != null) {
			this.server.close();
		}
	}

	private Path socket() {
		return this.directory.resolve("server.sock");
	}

	/** The kernel does not know a server by this name. */
	private Path renamed() {
		return this.directory.resolve("renamed.sock");
	}

	private UdsTemplateBuilder client(Path socket) {
		return UdsTemplate.builder().path(socket.toString()).transport(this.transport).protocol(new LineProtocol());
	}

	private void look(UdsTemplate client, String description) {
		for (int i = 0; i < LOOKS; i++) {
			Reachability found = client.getConnectionFactory().reachability();
			assertThat(found.state()).isEqualTo(State.REACHABLE);
			assertThat(found.description()).isEqualTo(description);
		}
	}

	private void bindInVain(Path socket) {
		UdsAddress address = UdsAddress.of(socket);
		UdsTransport transport = UdsTransports.select(this.transport, address);
		for (int i = 0; i < BINDS; i++) {
			assertThatExceptionOfType(BindFailedException.class)
				.isThrownBy(() -> transport.bind(address, BindOptions.DEFAULTS))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.LIVE_SERVER));
		}
		assertThat(socket).exists();
	}

	/** As a client that was told to probe, and as one that must connect to know. */
	private void lookInAllWays() throws Exception {
		try (UdsTemplate unasked = client(socket()).build()) {
			look(unasked, "listens");
		}
		bindInVain(socket());
		Files.move(socket(), renamed());
		try (UdsTemplate unasked = client(renamed()).build()) {
			Reachability found = unasked.getConnectionFactory().reachability();
			assertThat(found.state()).isEqualTo(State.UNKNOWN);
		}
		try (UdsTemplate asked = client(renamed()).probe(true).build()) {
			look(asked, "accepts connections");
		}
		bindInVain(renamed());
	}

	private void converse(String greeting) {
		try (UdsTemplate client = client(renamed()).build(); UdsSession session = client.open()) {
			if (!greeting.isEmpty()) {
				assertThat(session.receive(String.class)).isEqualTo(greeting);
			}
			session.send("world!");
			assertThat(session.receive(String.class)).isEqualTo("world!");
		}
		assertThat(this.server.describe()).contains("(running)").contains("stderr []");
	}

	private void start(Path program, String... arguments) {
		this.server = InteropProcess.start(program, arguments);
		this.server.awaitLine("ready");
	}

	@ParameterizedTest
	@ValueSource(strings = { NO_GREETING, "hello" })
	void nodesFirstPageServer(String greeting) throws Exception {
		Path program = GoPrograms.interopDirectory().resolve("node").resolve("first-page-server.js");
		start(InteropTool.NODE.require(), program.toString(), socket().toString(), greeting);
		lookInAllWays();
		converse(greeting);
	}

	@ParameterizedTest
	@ValueSource(strings = { NO_GREETING, "hello" })
	void pythonsAsyncioServer(String greeting) throws Exception {
		startPython("asyncio", greeting);
		lookInAllWays();
		converse(greeting);
	}

	@ParameterizedTest
	@ValueSource(strings = { NO_GREETING, "hello" })
	void pythonsSocketserver(String greeting) throws Exception {
		startPython("socketserver", greeting);
		lookInAllWays();
		converse(greeting);
	}

	private void startPython(String kind, String greeting) {
		Path program = GoPrograms.interopDirectory().resolve("python").resolve("echo_server.py");
		if (greeting.isEmpty()) {
			start(InteropTool.PYTHON.require(), program.toString(), kind, socket().toString());
		}
		else {
			start(InteropTool.PYTHON.require(), program.toString(), kind, socket().toString(), greeting);
		}
	}

	@Test
	void gosServerThatGreets() throws Exception {
		this.server = GoPrograms.startGreetingNetServer(socket(), "hello\n");
		lookInAllWays();
		try (UdsTemplate client = client(renamed()).build(); UdsSession session = client.open()) {
			assertThat(session.receive(String.class)).isEqualTo("hello");
			session.send("world!");
			assertThat(session.receive(String.class)).isEqualTo("received: world!");
		}
	}

	@Test
	void gosServer() throws Exception {
		this.server = GoPrograms.startNetServer(socket(), "received: ");
		lookInAllWays();
		try (UdsTemplate client = client(renamed()).protocol(new RawProtocol()).build()) {
			assertThat(client.exchange("hello", String.class)).isEqualTo("received: hello");
		}
	}

	@Test
	void gosTtrpcServer() {
		this.server = GoPrograms.startTtrpcServer(socket());
		try (UdsTemplate client = UdsTemplate.builder().path(socket().toString()).transport(this.transport).build()) {
			look(client, "accepts connections");
			assertThat(client.getConnectionFactory().stats().connects()).isZero();
		}
		bindInVain(socket());
		assertThat(GoPrograms.callTtrpc(socket(), "greet", "Ada").exitStatus()).isZero();
	}

	/** It serves one connection, whatever comes of it, and ends. */
	@Test
	void netcatThatListensOnce() {
		Path netcat = InteropTool.NC.requireWith("-U");
		this.server = InteropProcess.start(netcat, "-lU", socket().toString());
		try (UdsTemplate client = client(socket()).protocol(new RawProtocol()).build()) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> client.getConnectionFactory().reachability().state() == State.REACHABLE);
			look(client, "listens");
			bindInVain(socket());
			this.server.write("answer");
			assertThat(client.exchange("question\n", String.class)).isEqualTo("answer");
			this.server.awaitLine("question");
		}
	}

}
