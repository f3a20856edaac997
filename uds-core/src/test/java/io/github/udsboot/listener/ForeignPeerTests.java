package io.github.udsboot.listener;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.security.AllowListPeerAuthorizer;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.TestUser;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process of another user, which the mode or the allow-list keeps out.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class ForeignPeerTests {

	private static final Path PYTHON = Path.of("/usr/bin/python3");

	/** Sends a valid request, ends its output, and says what comes of it. */
	private static final String PROGRAM = "import socket, sys\n" //
			+ "s = socket.socket(socket.AF_UNIX)\n" //
			+ "try:\n" //
			+ "  s.connect(sys.argv[1])\n" //
			+ "  s.sendall(bytes.fromhex(sys.argv[2]))\n" //
			+ "  s.shutdown(socket.SHUT_WR)\n" //
			+ "  s.settimeout(20)\n" //
			+ "  n = 0\n" //
			+ "  while b := s.recv(4096): n += len(b)\n" //
			+ "  print('end after', n)\n" //
			+ "except ConnectionError: print('reset')\n" //
			+ "except PermissionError: print('denied')\n";

	private final TransportType transport;

	private final TestListener listener;

	private final AtomicInteger handled = new AtomicInteger();

	ForeignPeerTests(TransportType transport) {
		this.transport = transport;
		this.listener = new TestListener(transport).handle("count", (request, callback) -> {
			this.handled.incrementAndGet();
			callback.reply(UdsReply.ok(request.payload()));
		});
	}

	@BeforeEach
	void another() throws Exception {
		TestUser.assumeRoot();
		Assumptions.assumeTrue(Files.isExecutable(PYTHON), PYTHON + " is needed");
		Files.setPosixFilePermissions(this.listener.path().getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@Test
	void whomTheModeDoesNotLetInDoesNotConnect() throws Exception {
		this.listener.start();
		assertThat(askAsNobody()).isEqualTo("denied");
		assertThat(stats().accepted()).isZero();
	}

	@Test
	void whomTheAllowListDoesNotNameIsClosedBeforeAByteIsDecodedAndCounted() throws Exception {
		open(PeerAuthorizer.ownUserAndRoot());
		assertThat(askAsNobody()).as("a refusal, or less").isNotEqualTo("denied");
		Eventually.await("counted", () -> stats().refused().getOrDefault(RefusalReason.UNAUTHORIZED, 0L) == 1);
		assertThat(this.handled).hasValue(0);
		assertThat(stats().connections()).isZero();
		assertThat(stats().closed().values()).as("none was ever read").allMatch((count) -> count == 0);
	}

	@Test
	void theTestWouldNotice() throws Exception {
		open(PeerAuthorizer.acceptAll());
		assertThat(askAsNobody()).startsWith("end after ");
		assertThat(this.handled).hasValue(1);
	}

	@Test
	void rootOfAUserNamespaceIsWhoMadeIt() throws Exception {
		open(PeerAuthorizer.ownUserAndRoot());
		String outcome = askAsNobody("unshare", "-Ur");
		Assumptions.assumeTrue(outcome != null, "user namespaces are denied");
		assertThat(outcome).as("a refusal, or less").isNotEqualTo("denied");
		Eventually.await("counted", () -> stats().refused().getOrDefault(RefusalReason.UNAUTHORIZED, 0L) == 1);
		assertThat(this.handled).hasValue(0);
	}

	@Test
	void rootOfAUserNamespaceIsLetInAsWhoMadeIt() throws Exception {
		open(AllowListPeerAuthorizer.of(List.of("" + ChildJvm.NOBODY), List.of()));
		String outcome = askAsNobody("unshare", "-Ur");
		Assumptions.assumeTrue(outcome != null, "user namespaces are denied");
		assertThat(outcome).startsWith("end after ");
		assertThat(this.handled).hasValue(1);
	}

	@Test
	void peerIsLetInForASupplementaryGroupIfItsProcessIsKnown() throws Exception {
		open(AllowListPeerAuthorizer.of(List.of(), List.of("12345")));
		boolean known = this.transport == TransportType.JUNIXSOCKET;
		ask("--groups=7,12345");
		Eventually.await("decided", () -> this.handled.get() == (known ? 1 : 0)
				&& stats().refused().getOrDefault(RefusalReason.UNAUTHORIZED, 0L) == (known ? 0 : 1));
	}

	private void open(PeerAuthorizer authorizer) {
		this.listener.options((options) -> {
			options.setBindOptions(new BindOptions(PosixFilePermissions.fromString("rw-rw-rw-"), null,
					BindOptions.DEFAULTS.backlog()));
			options.setAuthorizer(authorizer);
		}).start();
	}

	private String askAsNobody(String... prefix) throws Exception {
		return ask("--clear-groups", prefix);
	}

	private String ask(String groups, String... prefix) throws Exception {
		StringBuilder hex = new StringBuilder();
		for (byte b : RawClient.request(1, "count", new byte[0])) {
			hex.append(String.format("%02x", b));
		}
		List<String> command = new ArrayList<>(
				List.of("setpriv", "--reuid=" + ChildJvm.NOBODY, "--regid=" + ChildJvm.NOBODY, groups));
		command.addAll(List.of(prefix));
		command.addAll(List.of(PYTHON.toString(), "-c", PROGRAM, this.listener.path().toString(), hex.toString()));
		Process peer = new ProcessBuilder(command).directory(Path.of("/").toFile())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		try {
			String line = peer.inputReader().readLine();
			assertThat(peer.waitFor(20, TimeUnit.SECONDS)).isTrue();
			return line;
		}
		finally {
			peer.destroyForcibly();
		}
	}

	private UdsListenerStats stats() {
		return this.listener.container().stats();
	}

}
