package io.github.udsboot.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.raw.RawProtocol;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Abstract names as other programs have them: exact, or padded with NUL characters. To
 * the kernel these are two names.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(LeavesNothingBehind.class)
@Timeout(120)
class AbstractNameInteropTests {

	private final String name = "uds-test-" + UUID.randomUUID();

	private final List<AutoCloseable> resources = new ArrayList<>();

	@TempDir
	private Path directory;

	@AfterEach
	void closeEverything() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	private <T extends AutoCloseable> T closeLater(T resource) {
		this.resources.add(0, resource);
		return resource;
	}

	private UdsAddress address(boolean padded) {
		return UdsAddress.of((padded ? "unix-abstract-padded:" : "@") + this.name);
	}

	private void listen(UdsAddress address) {
		listen(address, new LineProtocol());
	}

	private void listen(UdsAddress address, MessageProtocol protocol) {
		UdsListenerOptions options = InteropListener.options(address, TransportType.AUTO);
		options.setProtocol(protocol);
		closeLater(InteropListener.start(options, new Echo()));
	}

	private UdsTemplate client(UdsAddress address) {
		return closeLater(UdsTemplate.builder()
			.address(address)
			.protocol(new LineProtocol())
			.waitForServer(InteropProcess.PATIENCE)
			.timeout(InteropProcess.PATIENCE)
			.build());
	}

	@ParameterizedTest
	@EnumSource
	void programReachesOurListenerInItsForm(Program program) {
		listen(address(program.isPadded()));
		try (InteropProcess client = program.connect(this.name)) {
			client.write("hello\n");
			assertThat(client.awaitLines(1)).containsExactly("echo hello");
		}
	}

	@ParameterizedTest
	@EnumSource
	void ourClientReachesTheProgramInItsForm(Program program) {
		closeLater(program.serve(this.name));
		assertThat(client(address(program.isPadded())).exchange("hello", String.class)).isEqualTo("hello");
	}

	@ParameterizedTest
	@EnumSource
	void theErrorNamesTheFormThatTheProgramListensIn(Program program) {
		closeLater(program.serve(this.name));
		UdsAddress right = address(program.isPadded());
		client(right).exchange("it listens", String.class);
		UdsAddress wrong = address(!program.isPadded());
		try (UdsTemplate client = UdsTemplate.builder()
			.address(wrong)
			.protocol(new LineProtocol())
			.waitForServer(Duration.ZERO)
			.build()) {
			assertThatExceptionOfType(UdsUnavailableException.class)
				.isThrownBy(() -> client.exchange("hello", String.class))
				.withMessageContaining("'" + wrong + "'")
				.withMessageContaining("Write '" + right + "'");
		}
	}

	@Test
	void goUsesExactNames() {
		GoPrograms.require();
		Path asGoWritesIt = Path.of("@" + this.name);
		listen(address(false), new RawProtocol());
		try (InteropProcess client = GoPrograms.startNetClients(asGoWritesIt, "hello", 1)) {
			assertThat(client.awaitLines(1)).containsExactly("echo hello");
		}
		this.resources.forEach(AbstractNameInteropTests::close);
		closeLater(GoPrograms.startNetServer(asGoWritesIt, "go "));
		UdsTemplate client = closeLater(
				UdsTemplate.builder().address(address(false)).protocol(new RawProtocol()).build());
		assertThat(client.exchange("hello", String.class)).isEqualTo("go hello");
	}

	private static void close(AutoCloseable resource) {
		try {
			resource.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void haproxyReachesOurListener() throws IOException {
		listen(address(true));
		Path front = this.directory.resolve("front.sock");
		startHaproxy("unix@" + front, "abns@" + this.name);
		assertThat(client(UdsAddress.of(front)).exchange("hello", String.class)).isEqualTo("echo hello");
	}

	@Test
	void ourClientReachesHaproxy() throws IOException {
		Path back = this.directory.resolve("back.sock");
		listen(UdsAddress.of(back));
		startHaproxy("abns@" + this.name, "unix@" + back);
		assertThat(client(address(true)).exchange("hello", String.class)).isEqualTo("echo hello");
		try (UdsTemplate client = UdsTemplate.builder()
			.address(address(false))
			.protocol(new LineProtocol())
			.waitForServer(Duration.ZERO)
			.build()) {
			assertThatExceptionOfType(UdsUnavailableException.class)
				.isThrownBy(() -> client.exchange("hello", String.class))
				.withMessageContaining("HAProxy")
				.withMessageContaining("Write 'unix-abstract-padded:" + this.name + "'");
		}
	}

	private void startHaproxy(String bind, String server) throws IOException {
		Path configuration = Files.writeString(this.directory.resolve("haproxy.cfg"), """
				defaults
					mode tcp
					timeout connect 10s
					timeout client 60s
					timeout server 60s
				listen relay
					bind %s
					server ours %s
				""".formatted(bind, server), StandardCharsets.UTF_8);
		closeLater(InteropProcess.start(InteropTool.HAPROXY.require(), "-db", "-f", configuration.toString()));
	}

	/**
	 * A program that knows abstract names.
	 */
	enum Program {

		PYTHON(false) {

			@Override
			InteropProcess connect(String name) {
				return python(CLIENT, name, "0");
			}

			@Override
			InteropProcess serve(String name) {
				return python(SERVER, name, "0");
			}

		},

		PYTHON_PADDED(true) {

			@Override
			InteropProcess connect(String name) {
				return python(CLIENT, name, "108");
			}

			@Override
			InteropProcess serve(String name) {
				return python(SERVER, name, "108");
			}

		},

		SOCAT(false) {

			@Override
			InteropProcess connect(String name) {
				return socat("-", "ABSTRACT-CONNECT:" + name);
			}

			@Override
			InteropProcess serve(String name) {
				return socat("ABSTRACT-LISTEN:" + name + ",fork", "PIPE");
			}

		},

		SOCAT_PADDED(true) {

			@Override
			InteropProcess connect(String name) {
				return socat("-", "ABSTRACT-CONNECT:" + name + ",unix-tightsocklen=0");
			}

			@Override
			InteropProcess serve(String name) {
				return socat("ABSTRACT-LISTEN:" + name + ",unix-tightsocklen=0,fork", "PIPE");
			}

		},

		/** Padded or exact, as its version has it. */
		NODE(false) {

			@Override
			boolean isPadded() {
				return node("-p",
						"const [a, b, c] = process.versions.node.split('.').map(Number);"
								+ "(a < 21 || a === 21 && (b < 7 || b === 7 && c < 3)) ? 'padded' : 'exact'")
					.awaitLines(1)
					.contains("padded");
			}

			@Override
			InteropProcess connect(String name) {
				return node("-e", "const s = require('net').connect('\\0' + process.argv[1]);"
						+ "process.stdin.pipe(s); s.pipe(process.stdout)", name);
			}

			@Override
			InteropProcess serve(String name) {
				return node("-e", "require('net').createServer((s) => { s.on('error', () => {}); s.pipe(s) })"
						+ ".listen('\\0' + process.argv[1])", name);
			}

		};

		private static final String SERVER = """
				import socket, sys, threading
				listener = socket.socket(socket.AF_UNIX)
				listener.bind((b'\\0' + sys.argv[1].encode()).ljust(int(sys.argv[2]), b'\\0'))
				listener.listen()
				def serve(peer):
				    for data in iter(lambda: peer.recv(1000), b''):
				        peer.sendall(data)
				while True:
				    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
				""";

		private static final String CLIENT = """
				import socket, sys
				peer = socket.socket(socket.AF_UNIX)
				peer.connect((b'\\0' + sys.argv[1].encode()).ljust(int(sys.argv[2]), b'\\0'))
				peer.sendall(sys.stdin.readline().encode())
				print(peer.makefile().readline(), end='', flush=True)
				sys.stdin.read()
				""";

		private final boolean padded;

		Program(boolean padded) {
			this.padded = padded;
		}

		boolean isPadded() {
			return this.padded;
		}

		abstract InteropProcess connect(String name);

		abstract InteropProcess serve(String name);

		private static InteropProcess python(String program, String name, String size) {
			return InteropProcess.start(InteropTool.PYTHON.require(), "-c", program, name, size);
		}

		private static InteropProcess socat(String first, String second) {
			return InteropProcess.start(InteropTool.SOCAT.require(), "-t", "30", first, second);
		}

		private static InteropProcess node(String... arguments) {
			return InteropProcess.start(InteropTool.NODE.require(), arguments);
		}

	}

	static final class Echo {

		@UdsHandler
		String echo(String line) {
			return "echo " + line;
		}

	}

}
