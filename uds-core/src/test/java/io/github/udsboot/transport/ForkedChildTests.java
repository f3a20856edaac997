package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.testsupport.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a process gets that is started while sockets are open, and what becomes of a JVM
 * that cannot run anything from its temporary directory.
 */
@Timeout(60)
class ForkedChildTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void aForkedChildInheritsNoSocket(String name) throws Exception {
		Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "descriptors are seen in /proc");
		UdsTransport transport = ChildJvm.transport(name);
		UdsAddress address = UdsAddress.of(this.directory.resolve("server.sock"));
		try (UdsServerSocket server = transport.bind(address, BindOptions.DEFAULTS);
				UdsSocket client = transport.connect(address);
				UdsSocket accepted = server.accept()) {
			assertThat(accepted).isNotNull();
			assertThat(client).isNotNull();
			// its own descriptors are pipes
			List<String> descriptors = run(List.of("sh", "-c", "ls -l /proc/self/fd"));
			assertThat(descriptors).as("the test would notice").anyMatch((line) -> line.contains("pipe:"));
			assertThat(descriptors).noneMatch((line) -> line.contains("socket:"));
		}
	}

	private static List<String> run(List<String> command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		List<String> lines = process.inputReader().lines().toList();
		assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
		return lines;
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void aTemporaryDirectoryThatMayNotRunAnythingIsExplainedOrDoesNotMatter(String name) throws IOException {
		Optional<Path> mounted = mountPoint();
		try (ChildJvm child = mounted.isPresent() ? ChildJvm.start("-Djava.io.tmpdir=" + mounted.get())
				: ChildJvm.startWithNoexecTmp(Files.createDirectory(this.directory.resolve("tmp")))) {
			String answer = child.ask("bind", name, this.directory.resolve("server.sock"), "rw-------", 0);
			if (name.equals("jdk")) {
				assertThat(answer).isEqualTo("bound");
			}
			else {
				assertThat(answer).as("it finds another place, or says what is wrong and what helps")
					.satisfiesAnyOf((text) -> assertThat(text).isEqualTo("bound"),
							(text) -> assertThat(text).startsWith("TRANSPORT_UNAVAILABLE").contains("tmpdir"));
			}
		}
	}

	/**
	 * Return a directory that this machine has mounted so, for those who are not root.
	 */
	private static Optional<Path> mountPoint() throws IOException {
		if (TestUser.isRoot()) {
			return Optional.empty();
		}
		List<String> mounts = Files.isReadable(Path.of("/proc/mounts")) ? Files.readAllLines(Path.of("/proc/mounts"))
				: List.of();
		Optional<Path> found = mounts.stream()
			.map((line) -> line.split(" "))
			.filter((mount) -> List.of(mount[3].split(",")).contains("noexec"))
			.map((mount) -> Path.of(mount[1]))
			.filter((path) -> Files.isDirectory(path) && Files.isWritable(path))
			.findFirst();
		Assumptions.assumeTrue(found.isPresent(), "only root can mount a directory with noexec");
		return found;
	}

}
