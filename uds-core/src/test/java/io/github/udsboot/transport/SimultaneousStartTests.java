package io.github.udsboot.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.transport.BindFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two processes that start on one path at the same moment, over and over.
 */
@Timeout(120)
class SimultaneousStartTests {

	private static final int ROUNDS = 60;

	// Enough for both commands to arrive
	private static final int HEAD_START_MILLIS = 15;

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void exactlyOneWins(String transport) throws IOException {
		Path path = this.directory.resolve("server.sock");
		try (ChildJvm first = ChildJvm.start(); ChildJvm second = ChildJvm.start()) {
			List<ChildJvm> children = List.of(first, second);
			for (int round = 0; round < ROUNDS; round++) {
				prepare(round, path);
				long time = System.currentTimeMillis() + HEAD_START_MILLIS;
				children.forEach((child) -> child.tell("bind", transport, path, "rw-------", time));
				List<String> answers = children.stream().map(ChildJvm::answer).toList();
				assertThat(answers).as("round " + round).containsOnlyOnce("bound");
				int winner = answers.indexOf("bound");
				assertThat(answers.get(1 - winner)).startsWith(Reason.LIVE_SERVER + " ");
				assertThat(children.get(1 - winner).ask("connect", "jdk", path)).isEqualTo("connected");
				assertThat(children.get(winner).ask("close")).isEqualTo("closed");
				assertThat(path).doesNotExist();
			}
		}
	}

	private void prepare(int round, Path path) throws IOException {
		if (round % 3 == 1) {
			// What a crash leaves
			try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
				channel.bind(UnixDomainSocketAddress.of(path));
			}
		}
		if (round % 3 == 2) {
			// What a cleaner of /tmp leaves
			Files.delete(path.resolveSibling("server.sock.lock"));
		}
	}

}
