package io.github.udsboot.interop;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The longest paths that the kernel takes, with clients and servers of others.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(LeavesNothingBehind.class)
@Timeout(120)
class LongPathInteropTests {

	private static final int LONGEST = 107;

	private static final String PYTHON = """
			import socket, sys
			peer = socket.socket(socket.AF_UNIX)
			peer.connect(sys.argv[1])
			peer.sendall(b'hello\\n')
			print(peer.makefile().readline(), end='', flush=True)
			""";

	@TempDir
	private Path directory;

	private Path longest() {
		return this.directory.resolve("x".repeat(LONGEST - this.directory.toString().length() - 1));
	}

	@Test
	void othersReachOurListenerAtTheLongestPath() {
		UdsListenerOptions options = InteropListener.options(longest(), TransportType.AUTO);
		options.setProtocol(new LineProtocol());
		try (InteropListener listener = InteropListener.start(options, new Echo());
				InteropProcess python = InteropProcess.start(InteropTool.PYTHON.require(), "-c", PYTHON,
						listener.socket().toString());
				InteropProcess socat = InteropProcess.start(InteropTool.SOCAT.require(), "-t", "30", "-",
						"UNIX-CONNECT:" + listener.socket())) {
			assertThat(python.awaitLines(1)).containsExactly("echo hello");
			socat.write("hello\n");
			assertThat(socat.awaitLines(1)).containsExactly("echo hello");
		}
	}

	@Test
	void ourClientReachesAServerOfOthersAtTheLongestPath() {
		try (InteropProcess socat = InteropProcess.start(InteropTool.SOCAT.require(),
				"UNIX-LISTEN:" + longest() + ",fork", "PIPE");
				UdsTemplate client = UdsTemplate.builder()
					.path(longest())
					.protocol(new LineProtocol())
					.waitForServer(InteropProcess.PATIENCE)
					.build()) {
			assertThat(client.exchange("hello", String.class)).as(socat.describe()).isEqualTo("hello");
		}
	}

	static final class Echo {

		@UdsHandler
		String echo(String line) {
			return "echo " + line;
		}

	}

}
