package io.github.udsboot.client;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.listener.ListenerMain;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that was stopped with a signal, and a client with 64 MB.
 */
@Timeout(120)
class StoppedServerTests {

	private static final Duration TIMEOUT = Duration.ofMillis(300);

	private static final String[] SMALL = { "-Xmx64m", "-XX:+ExitOnOutOfMemoryError" };

	@TempDir
	private Path directory;

	@Test
	void aServerThatGoesOnExecutesNothingThatNobodyWaitsForAnyMore() throws Exception {
		String path = this.directory.resolve("stopped.sock").toString();
		try (ChildJvm server = ChildJvm.start(ListenerMain.class);
				UdsTemplate known = template(path);
				UdsTemplate stranger = template(path)) {
			assertThat(server.ask("start", "server", path, "PT0S")).isEqualTo("started");
			assertThat(known.request("who", null, String.class)).isEqualTo("server");
			UdsTemplate gone = template(path);
			server.suspend();
			try {
				List<CompletableFuture<String>> late = new ArrayList<>();
				for (UdsTemplate template : List.of(known, stranger, gone)) {
					for (int i = 0; i < 50; i++) {
						late.add(template.route("who").timeout(TIMEOUT).payload(i).retrieveAsync(String.class));
					}
				}
				for (CompletableFuture<String> call : late) {
					assertThat(call).failsWithin(Callers.BOUND)
						.withThrowableOfType(ExecutionException.class)
						.withCauseInstanceOf(UdsDeadlineExceededException.class);
				}
			}
			finally {
				gone.close();
				server.resume();
			}
			assertThat(known.request("who", null, String.class)).isEqualTo("server");
			assertThat(stranger.request("who", null, String.class)).isEqualTo("server");
			assertThat(server.ask("executed")).isEqualTo("3");
			assertThat(server.ask("stop")).isEqualTo("stopped");
			assertThat(server.ask("executed")).isEqualTo("3");
		}
	}

	@Test
	void aSmallClientOutlivesAServerThatStandsStill() throws Exception {
		String path = this.directory.resolve("stopped.sock").toString();
		try (ChildJvm server = ChildJvm.start(ListenerMain.class);
				ChildJvm client = ChildJvm.start(SmallClientMain.class, SMALL)) {
			assertThat(server.ask("start", "server", path, "PT0S")).isEqualTo("started");
			assertThat(client.ask("open", path)).isEqualTo("open");
			assertThat(client.ask("call")).isEqualTo("server");
			server.suspend();
			try {
				for (int i = 0; i < 3; i++) {
					assertThat(client.ask("flood", 30_000, 4_000, "PT0.1S")).isEqualTo("outcomes 30000");
				}
			}
			finally {
				server.resume();
			}
			assertThat(client.ask("call")).isEqualTo("server");
		}
	}

	@Test
	void aSmallClientOutlivesAFloodOfQuestions() throws Throwable {
		int count = 600_000;
		ByteBuffer pings = ByteBuffer.allocate(count * 18);
		for (int i = 1; i <= count; i++) {
			pings.put(Peer.encode(new PingFrame(1, i, false)));
		}
		try (ScriptedServer server = new ScriptedServer().start();
				ChildJvm client = ChildJvm.start(SmallClientMain.class, SMALL)) {
			assertThat(client.ask("open", server.path())).isEqualTo("open");
			client.tell("call");
			try (Peer peer = server.accept()) {
				RequestFrame request = peer.request();
				peer.greet(request);
				peer.write(pings.array());
				peer.answer(request, "first");
				assertThat(client.answer()).isEqualTo("first");
				Caller<Void> answering = Callers.start(() -> {
					Frame frame = peer.frame();
					while (!(frame instanceof RequestFrame)) {
						frame = peer.frame();
					}
					peer.answer((RequestFrame) frame, "second");
					return null;
				});
				assertThat(client.ask("call")).isEqualTo("second");
				answering.result();
			}
		}
	}

	private static UdsTemplate template(String path) {
		return UdsTemplate.builder().path(path).build();
	}

}
