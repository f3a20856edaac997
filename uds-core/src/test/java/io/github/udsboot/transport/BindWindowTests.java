package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.testsupport.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Another user who tries to connect all the time while sockets are bound.
 */
@Timeout(120)
class BindWindowTests {

	private static final int ROUNDS = 100;

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void nobodyConnectsBeforeTheModeIsSet(String name) throws IOException {
		TestUser.assumeRoot();
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		UdsTransport transport = ChildJvm.transport(name);
		UdsAddress address = UdsAddress.of(this.directory.resolve("server.sock"));
		PrivateDirectory inside = PrivateDirectory.beside(address, address.path());
		try (ChildJvm intruder = ChildJvm.startAsNobody()) {
			intruder.ask("hammer", address, inside.socket());
			for (int round = 0; round < ROUNDS; round++) {
				long before = attempts(intruder);
				try (UdsServerSocket server = transport.bind(address, BindOptions.DEFAULTS)) {
					Awaitility.await()
						.pollInSameThread()
						.pollDelay(java.time.Duration.ZERO)
						.pollInterval(java.time.Duration.ofMillis(1))
						.until(() -> attempts(intruder) > before + 1);
					assertThat(server.accept()).as("round " + round).isNull();
				}
			}
			assertThat(intruder.ask("successes")).isEqualTo("0");
			// The test would notice
			try (UdsServerSocket server = transport.bind(address,
					new BindOptions(PosixFilePermissions.fromString("rw-rw-rw-"), null, 1))) {
				assertThat(server.address()).isEqualTo(address);
				Awaitility.await().until(() -> !intruder.ask("successes").equals("0"));
			}
		}
	}

	private static long attempts(ChildJvm intruder) {
		return Long.parseLong(intruder.ask("attempts"));
	}

}
