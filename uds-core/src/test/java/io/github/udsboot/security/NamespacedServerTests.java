package io.github.udsboot.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.ForeignProcess;
import io.github.udsboot.transport.TestUser;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real server in a user namespace that does not map all users.
 */
@Timeout(60)
class NamespacedServerTests {

	@TempDir
	private Path directory;

	private Path path;

	@BeforeEach
	void openDirectory() throws IOException {
		TestUser.assumeRoot();
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		this.path = this.directory.resolve("s");
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void usersWithoutANumberThereMatchNoList(String transport) throws IOException {
		try (ChildJvm server = ChildJvm.startInUserNamespace(PeersMain.class, "-Ur")) {
			bind(server, transport);
			assertThat(askAs(server, "12345")).as("a stranger").isEqualTo("overflow false false false");
			assertThat(askAs(server, "65534")).as("the real nobody").isEqualTo("overflow false false false");
			assertThat(askAs(server, "0")).as("who is mapped").isEqualTo("root false false true");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void whoHasNoNumberItselfDoesNotTakeOthersForItself(String transport) throws IOException {
		try (ChildJvm server = ChildJvm.startInUserNamespace(PeersMain.class, "-U")) {
			bind(server, transport);
			assertThat(askAs(server, "12345")).isEqualTo("overflow false false false");
			assertThat(askAs(server, "0")).isEqualTo("overflow false false false");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void whereAllAreMappedNobodyIsAUser(String transport) throws IOException {
		try (ChildJvm server = ChildJvm.start(PeersMain.class)) {
			bind(server, transport);
			assertThat(askAs(server, "12345")).isEqualTo("12345 false false false");
			assertThat(askAs(server, "65534")).isEqualTo("overflow true true false");
		}
	}

	private void bind(ChildJvm server, String transport) {
		server.tell(transport);
		assertThat(server.ask(this.path)).isEqualTo("bound");
	}

	private String askAs(ChildJvm server, String user) throws IOException {
		ForeignProcess peer = ForeignProcess.start(this.path, "setpriv", "--reuid=" + user, "--regid=" + user,
				"--clear-groups");
		try {
			return server.ask("accept");
		}
		finally {
			peer.exit();
		}
	}

}
